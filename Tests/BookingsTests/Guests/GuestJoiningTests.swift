import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// What guests wait for goes into their account, with what is offered to them.
struct GuestJoiningTests {
    private static func withFullDay(
        _ engine: TestEngine, _ body: (School, [String: String]) async throws -> Void
    ) async throws {
        try await withSchool(engine, lesson: School.open, sessions: School.patience) { school in
            try await body(school, try await school.fill(of: school.first))
        }
    }

    private static func wish(of school: School) -> JSON {
        [
            "eventType": "lesson", "from": "2026-03-03", "to": "2026-03-03", "providers": [.string(school.first)],
        ]
    }

    private static func wait(_ school: School, email: String = TestMember.customer.email) async throws -> JSON {
        let guest: JSON = ["givenName": "Greta", "familyName": "Gast", "email": .string(email)]
        let input = (guest.object?.members ?? []).reduce(Self.wish(of: school)) { $0.with($1.name, $1.value) }
        return try await school.anonymous.post("/api/v1/guest-waitlist", input).expect(201)
    }

    /// Calls a lesson off, and offers it.
    private static func free(_ hour: Int, _ bookings: [String: String], in school: School) async throws {
        try await school.cancel(bookings["\(School.tuesday(hour)) \(school.first)"])
        try await school.settle()
    }

    private static func verify(_ engine: TestEngine, _ school: School) async throws {
        let table = engine == .postgres ? "kernel.user_account" : "kernel_user_account"
        try await school.platform.database.run("UPDATE \(table) SET email_verified_at = 1")
    }

    private static func join(_ school: School, as client: APIClient? = nil) async throws -> [String] {
        try await (client ?? school.customer).post("/api/v1/me/guest-bookings").expect(200).texts("waitlistEntries")
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasShownTheAddressTakesAlongWhatIsOffered(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let joined = try await Self.wait(school)
            let (entry, guest) = (joined["entry"]?.id ?? "", school.guest(joined))
            let stranger = try await Self.wait(school, email: "gast@example.org")
            try await Self.free(11, bookings, in: school)
            let hold = try await school.entry(entry)["offer"]?["hold"]?.string ?? ""
            try await school.customer.post("/api/v1/me/guest-bookings").expect(409, code: "email_not_verified")
            try await guest.get("/api/v1/waitlist/\(entry)").expect(200)
            try await Self.verify(engine, school)

            #expect(try await Self.join(school, as: school.otherCustomer) == [])
            #expect(try await Self.join(school) == [entry])
            #expect(try await Self.join(school) == [])

            try await guest.get("/api/v1/waitlist/\(entry)").expect(401, code: "token_invalid")
            try await school.guest(stranger).get("/api/v1/guest-waitlist/current").expect(200)
            let own = try await school.entry(entry, as: school.customer)
            #expect(own["status"]?.string == "offered" && own.texts("allowed") == ["accept", "decline", "withdraw"])
            try await school.customer.get("/api/v1/holds/\(hold)").expect(200)
            try await school.otherCustomer.get("/api/v1/waitlist/\(entry)").expect(404)
            let booking = try await school.act("accept", onEntry: entry).expect(201).id
            try await school.customer.get("/api/v1/bookings/\(booking)").expect(200)
            let told = try await school.platform.database.rows(
                "SELECT 1 FROM {kernel.event} WHERE name = 'bookings.guest-entry-joined'")
            #expect(told.count == 1)
            #expect(try await school.violations().isEmpty)
        }
    }

    /// What waits is offered to the account from now on.
    @Test(arguments: TestEngine.allCases)
    func whatWaitsIsOfferedToTheAccount(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let entry = try await Self.wait(school)["entry"]?.id ?? ""
            try await Self.verify(engine, school)
            #expect(try await Self.join(school) == [entry])
            #expect(try await school.entry(entry, as: school.customer)["status"]?.string == "waiting")
            try await Self.free(11, bookings, in: school)
            try await school.act("accept", onEntry: entry).expect(201)
            let people = try await school.platform.database.rows(
                """
                SELECT count(DISTINCT w.customer_person_id), count(*) FROM {bookings.waitlist_entry} w
                JOIN {bookings.hold} h ON h.waitlist_entry_id = w.id AND h.customer_person_id = w.customer_person_id
                JOIN {bookings.booking} b ON b.id = h.booking_id AND b.customer_person_id = w.customer_person_id
                """)
            #expect(people == [["1", "1"]])
        }
    }

    /// Who waits for the same with an account and without keeps what stands better, and what the other had is free.
    @Test(arguments: TestEngine.allCases, [true, false])
    func theSameIsWaitedForOnce(_ engine: TestEngine, _ isGuestFirst: Bool) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            func wait(asGuest: Bool) async throws -> String {
                if asGuest { return try await Self.wait(school)["entry"]?.id ?? "" }
                return try await school.wait(Self.wish(of: school)).expect(201).id
            }
            let first = try await wait(asGuest: isGuestFirst)
            school.platform.clock.advance(seconds: 1)
            let second = try await wait(asGuest: !isGuestFirst)
            school.platform.clock.advance(seconds: 1)
            let other = try await wait(asGuest: true)
            let starts = [11, 13].map { School.tuesday($0) }
            for hour in [11, 13] { try await Self.free(hour, bookings, in: school) }
            try await Self.verify(engine, school)

            let joined = try await Self.join(school)

            #expect(Set(joined) == Set([isGuestFirst ? first : second, other]))
            let kept = try await school.entry(first, as: school.customer)
            #expect(kept["status"]?.string == "offered" && kept["offer"]?["start"]?.string == starts[0])
            for entry in [second, other] {
                #expect(try await school.entry(entry, as: school.customer)["status"]?.string == "withdrawn")
            }
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == [starts[1]])
            try await school.wait(Self.wish(of: school)).expect(409, code: "already_waiting")
            #expect(try await school.violations().isEmpty)
        }
    }

    /// Whoever has locked the guest while the account took the entry along begins again, and locks the account.
    @Test(arguments: TestEngine.allCases)
    func whoHasLockedTheGuestBeginsAgain(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, _ in
            let entry = try await Self.wait(school)["entry"]?.id ?? ""
            let id = try #require(ID<WaitlistEntry>(entry))
            let database = school.platform.database(of: .bookings)
            let scope = Scope.organization(try school.platform.organization().id)
            let offers = WaitlistOffers(ledger: ClaimLedger(guarding: LockedCheck()), alarm: WaitlistAlarm())
            let found = try await database.read(in: scope) { try StoredWaitlist.find(id, in: $0) }
            let known = try #require(found)
            try await database.write(in: scope) { try offers.lock(known, in: $0) }
            try await Self.verify(engine, school)
            #expect(try await Self.join(school) == [entry])

            let error = await #expect(throws: StorageError.self) {
                try await database.write(in: scope) { try offers.lock(known, in: $0) }
            }

            #expect(error?.code == .serialization)
        }
    }
}
