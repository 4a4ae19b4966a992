import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Many callers who name people at once.
@Suite(.serialized)
struct AttendeeRaceTests {
    private static func withRace(
        _ engine: TestEngine, _ plugin: any Plugin.Type = Bookings.self, isLocking: Bool = true,
        _ body: (School) async throws -> Void
    ) async throws {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
            let school = try await School(platform, lesson: School.lesson)
            try await body(school)
        }
    }

    /// Two bookings of one session, of whose seats two are left; eight callers want them.
    private static func race(_ school: School, rounds: Int = 6) async throws -> Int {
        try await school.makeCourse(capacity: 4)
        var added = 0
        for round in 0..<rounds {
            let start = School.tuesday(9 + round)
            let first = try await school.bookCourse(at: start).expect(201).id
            let second = try await school.bookCourse(at: start, as: school.otherCustomer).expect(201).id
            // The seat of the booking itself.
            try await school.add("Own", to: first).expect(201)
            try await school.add("Own", to: second, as: school.otherCustomer).expect(201)
            added += await withTaskGroup(of: Int.self) { group in
                for caller in 0..<8 {
                    group.addTask {
                        caller.isMultiple(of: 2)
                            ? await school.add("A\(caller)", to: first).status
                            : await school.add("A\(caller)", to: second, as: school.otherCustomer).status
                    }
                }
                return await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
            }
        }
        return added
    }

    @Test(arguments: TestEngine.allCases)
    func theLastSeatsAreTakenOnce(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            let count = try await Self.race(school)
            #expect(count == 12)
        }
    }

    @Test func onPostgreSQLMoreAreNamedThanThereAreSeatsWithoutTheLock() async throws {
        try await Self.withRace(.postgres, isLocking: false) { school in
            let count = try await Self.race(school)
            #expect(count > 12)
        }
    }

    @Test func onSQLiteMoreAreNamedThanThereAreSeatsWhereClaimsDoNotCount() async throws {
        try await Self.withRace(.sqlite, BlindBookings.self) { school in
            let count = try await Self.race(school)
            #expect(count > 12)
        }
    }

    /// How often one address is named by eight callers at once.
    private static func raceForAddress(_ school: School) async throws -> Int {
        try await school.makeCourse(capacity: 20)
        let id = try await school.bookCourse(seats: 10).expect(201).id
        _ = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<8 {
                let email = caller.isMultiple(of: 2) ? "anna@example.org" : "Anna@Example.org"
                group.addTask {
                    await school.customer.post(
                        "/api/v1/bookings/\(id)/attendees", ["name": "Anna", "email": .string(email)]
                    ).status
                }
            }
            return await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
        }
        return try await school.attendees(of: id).count
    }

    @Test(arguments: TestEngine.allCases)
    func oneAddressIsNamedOnce(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            let count = try await Self.raceForAddress(school)
            #expect(count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneAddressIsNamedSeveralTimesWithoutTheIndex(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            try await school.platform.database.run(
                engine == .postgres
                    ? "DROP INDEX bookings.attendee_booking_id_email_key_key"
                    : "DROP INDEX bookings_attendee_booking_id_email_key_key")
            let count = try await Self.raceForAddress(school)
            #expect(count > 1)
        }
    }
}
