import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// Whoever is erased while somebody books for them or with them: one of the two is refused.
@Suite(.serialized)
struct ErasureRaceTests {
    private static let rounds = 30
    private static let lesson = School.lesson.with("bookingWindowDays", 730)

    /// What came of the two.
    private enum Outcome: Hashable {
        case booked, erased, both
        case other(String)

        init(_ booking: APIAnswer, gone: String, _ erasure: Result<Void, any Error>) {
            switch (booking.status, erasure) {
            case (200..<300, .success): self = .both
            case (200..<300, .failure(let error as Refusal)) where error.code == "bookings_to_come": self = .booked
            case (422, .success) where booking.fieldErrors == [gone]: self = .erased
            default: self = .other("\(booking.status) \(booking.fieldErrors), \(erasure)")
            }
        }
    }

    private static func erase(_ person: ID<Person>, in school: School) async -> Result<Void, any Error> {
        do {
            _ = try await school.erase(person)
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Lets the administrator book for a new customer who is being erased.
    private static func raceForACustomer(_ round: Int, in school: School) async throws -> Outcome {
        let customer = try await school.admin.post(
            "/api/v1/customers", ["givenName": "", "familyName": .string("Kunde \(round)")]
        ).expect(201).id
        let person = try await school.person(of: BookingsSchema.customer, customer)
        async let erasure = Self.erase(person, in: school)
        let booking = await school.book(
            School.tuesday(9, round * 1_440 * 7), with: school.second, for: customer, as: school.admin)
        return Outcome(booking, gone: "/customer unknown_customer", await erasure)
    }

    /// Lets a customer book with a new provider who is being erased, or move a booking to them.
    private static func raceForAProvider(_ round: Int, moves: Bool, in school: School) async throws -> Outcome {
        let provider = try await School.makeProvider(["familyName": .string("Lehrer \(round)")], by: school.admin)
        let eventType = Self.lesson.with("slug", .string("lesson-\(round)"))
            .with("providers", [.string(school.first), .string(provider)])
        try await school.admin.post("/api/v1/event-types", eventType).expect(201)
        let person = try await school.person(of: BookingsSchema.provider, provider)
        let input: JSON = [
            "eventType": .string("lesson-\(round)"), "provider": .string(provider),
            "start": .string(School.tuesday(9, round * 1_440 * 7)),
        ]
        guard moves else {
            async let erasure = Self.erase(person, in: school)
            let booking = await school.customer.post("/api/v1/bookings", input)
            return Outcome(booking, gone: "/provider unknown_provider", await erasure)
        }
        let made = try await school.customer.post(
            "/api/v1/bookings", input.with("provider", .string(school.first))
        ).expect(201).id
        let move: JSON = ["start": input["start"] ?? .null, "provider": .string(provider)]
        async let erasure = Self.erase(person, in: school)
        let moved = await school.customer.post("/api/v1/bookings/\(made)/reschedule", move)
        return Outcome(moved, gone: "/provider unknown_provider", await erasure)
    }

    private static func withRace(
        _ engine: TestEngine, setup: TestPlatform.Setup = .race(), _ body: (School) async throws -> Void
    ) async throws {
        try await withPlatform(
            engine, plugins: [Bookings.self],
            enabled: [EnabledPlugin(.bookings, settings: [:])], setup: setup
        ) { platform in
            try await body(School(platform, lesson: Self.lesson))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCustomerIsEitherBookedForOrErased(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            var outcomes: Set<Outcome> = []
            for round in 0..<Self.rounds { outcomes.insert(try await Self.raceForACustomer(round, in: school)) }
            #expect(outcomes.isSubset(of: [.booked, .erased]))
        }
    }

    @Test(arguments: TestEngine.allCases, [false, true])
    func aProviderIsEitherBookedOrErased(_ engine: TestEngine, moves: Bool) async throws {
        try await Self.withRace(engine) { school in
            var outcomes: Set<Outcome> = []
            for round in 0..<Self.rounds {
                outcomes.insert(try await Self.raceForAProvider(round, moves: moves, in: school))
            }
            #expect(outcomes.isSubset(of: [.booked, .erased]))
        }
    }

    /// The negative control: without the locks both happen.
    @Test func withoutLocksSomebodyErasedIsBooked() async throws {
        try await Self.withRace(.postgres, setup: .race { $0.database.locking = NoLocking() }) { school in
            var forCustomer = false
            var withProvider = false
            for round in 0..<100 where !(forCustomer && withProvider) {
                if !forCustomer { forCustomer = try await Self.raceForACustomer(round, in: school) == .both }
                if !withProvider {
                    withProvider = try await Self.raceForAProvider(round, moves: false, in: school) == .both
                }
            }
            #expect(forCustomer && withProvider)
        }
    }
}
