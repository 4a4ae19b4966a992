import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// A thing that is pending until whoever must has agreed.
private struct Trip: PolicySubject {
    static let name = "trips.trip"
    let isLong: Bool
}

/// Long trips need an approval, all trips a payment.
private struct Trips: Plugin {
    static let declaration = Declaration(id: "trips", version: "1.0.0", summary: "Trips")

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Requirement("approval", for: Trip.self) { trip, _ in trip.isLong }
        Requirement("payment", for: Trip.self) { _, _ in true }
    }

    static func open(_ trip: Trip, _ id: ID<Trips>) -> Command<Void, [String]> {
        Command("trips.open", .signedIn) { _, _, tx in try tx.openRequirements(for: trip, object: .init("trip", id)) }
    }

    static func satisfy(_ name: String, of id: ID<Trips>) -> Command<Void, Bool> {
        Command("trips.satisfy", .signedIn) { _, _, tx in try tx.satisfy(requirement: name, of: .init("trip", id)) }
    }

    static func close(_ id: ID<Trips>) -> Command<Void, Void> {
        Command("trips.close", .signedIn) { _, _, tx in try tx.closeRequirements(of: .init("trip", id)) }
    }

    static func open(of ids: [ID<Trips>]) -> Query<Void, [String: [String]]> {
        Query("trips.waiting", .signedIn) { _, _, tx in
            try tx.openRequirements(of: "trip", ids.map(\.description))
        }
    }
}

struct RequirementTests {
    private let id = ID<Trips>(high: 1, low: 2)

    @Test(arguments: TestEngine.allCases)
    func opensOnlyWhatIsNeeded(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Trips.self]) { platform in
            let short = try await platform.run(Trips.open(Trip(isLong: false), self.id), of: "trips", ())
            #expect(short == ["trips.payment"])

            let other = ID<Trips>(high: 1, low: 3)
            let long = try await platform.run(Trips.open(Trip(isLong: true), other), of: "trips", ())
            #expect(long == ["trips.approval", "trips.payment"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theLastOneSettles(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Trips.self]) { platform in
            _ = try await platform.run(Trips.open(Trip(isLong: true), self.id), of: "trips", ())

            let first = try await platform.run(Trips.satisfy("trips.approval", of: self.id), of: "trips", ())
            let again = try await platform.run(Trips.satisfy("trips.approval", of: self.id), of: "trips", ())
            let last = try await platform.run(Trips.satisfy("trips.payment", of: self.id), of: "trips", ())

            #expect([first, again, last] == [false, false, true])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsAskedForAgainHasToBeSettledAgain(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Trips.self]) { platform in
            let other = ID<Trips>(high: 1, low: 3)
            _ = try await platform.run(Trips.open(Trip(isLong: true), self.id), of: "trips", ())
            _ = try await platform.run(Trips.open(Trip(isLong: false), other), of: "trips", ())
            for name in ["trips.approval", "trips.payment"] {
                _ = try await platform.run(Trips.satisfy(name, of: self.id), of: "trips", ())
            }
            let settled = try await platform.run(Trips.open(of: [self.id, other]), of: "trips", ())

            _ = try await platform.run(Trips.open(Trip(isLong: false), self.id), of: "trips", ())
            let again = try await platform.run(Trips.open(of: [self.id, other]), of: "trips", ())
            let last = try await platform.run(Trips.satisfy("trips.payment", of: self.id), of: "trips", ())

            #expect(settled == ["\(other)": ["trips.payment"]])
            #expect(again == ["\(other)": ["trips.payment"], "\(self.id)": ["trips.payment"]])
            #expect(last)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsClosedIsSettledByNobody(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Trips.self]) { platform in
            _ = try await platform.run(Trips.open(Trip(isLong: true), self.id), of: "trips", ())

            try await platform.run(Trips.close(self.id), of: "trips", ())

            let open = try await platform.run(Trips.open(of: [self.id]), of: "trips", ())
            let late = try await platform.run(Trips.satisfy("trips.payment", of: self.id), of: "trips", ())
            #expect(open.isEmpty && !late)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func exactlyOneOfManySettles(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Trips.self]) { platform in
            _ = try await platform.run(Trips.open(Trip(isLong: true), self.id), of: "trips", ())

            let settled = try await withThrowingTaskGroup(of: Bool.self) { group in
                for attempt in 0..<20 {
                    let name = attempt.isMultiple(of: 2) ? "trips.approval" : "trips.payment"
                    group.addTask { try await platform.run(Trips.satisfy(name, of: self.id), of: "trips", ()) }
                }
                return try await group.reduce(into: 0) { count, isLast in count += isLast ? 1 : 0 }
            }

            #expect(settled == 1)
        }
    }
}
