import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import AlmanacKernel
@testable import Bookings

/// Tokens that are drawn for mails to guests: what they do not say of a booking, and when they end.
@Suite(.serialized)
struct GuestTokenTests {
    /// What draws tokens for mails.
    private static func access(_ school: School) throws -> any BookingAccess {
        let graph = school.platform.runtime.platform.graph
        return try #require(graph.contributions(of: Provides<any BookingAccess>.self).first?.item.service)
    }

    /// Draws a token as for a mail.
    private static func draw(
        for booking: String, in school: School, _ also: @escaping @Sendable () -> Void = {}
    ) async throws -> String? {
        let (access, id) = (try Self.access(school), try #require(ID<Booking>(booking)))
        let organization = try school.platform.organization().id
        return try await school.platform.database(of: .bookings).write(in: .organization(organization)) { tx in
            let token = try access.token(for: id, in: tx)
            // What was only noted is written with the next statement that is read.
            _ = try tx.values(
                "SELECT id FROM \(BookingsSchema.booking) WHERE organization_id = \(organization)",
                as: ID<Booking>.self)
            also()
            return token
        }
    }

    /// A mail to somebody whom the staff have entered does not make what was booked for them that of whoever has the
    /// address: several may share that of a parent.
    @Test(arguments: TestEngine.allCases)
    func whatTheStaffHaveBookedIsNotJoined(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let child = try await school.admin.post(
                "/api/v1/customers",
                ["givenName": "Kim", "familyName": "Kind", "email": .string(TestMember.customer.email)]
            ).expect(201).id
            let entered = try await school.admin.post(
                "/api/v1/bookings",
                [
                    "eventType": "lesson", "start": .string(School.tuesday(9)), "provider": .string(school.first),
                    "customer": .string(child),
                ]
            ).expect(201).id
            let weekly = School.tuesdays(2, at: 13, ["provider": .string(school.first), "customer": .string(child)])
            try await school.bookSeries(weekly, as: school.admin).expect(201)
            let own = try await school.bookAsGuest(School.tuesday(11), email: TestMember.customer.email).expect(201)
            let id = own["booking"]?.id ?? ""
            let token = try #require(try await Self.draw(for: entered, in: school))
            #expect(try await Self.draw(for: id, in: school) != nil)
            let table = engine == .postgres ? "kernel.user_account" : "kernel_user_account"
            try await school.platform.database.run("UPDATE \(table) SET email_verified_at = 1")

            let joined = try await school.customer.post("/api/v1/me/guest-bookings").expect(200)

            #expect(joined.texts("bookings") == [id])
            try await school.customer.get("/api/v1/bookings/\(entered)").expect(404)
            try await school.guest(token: token).get("/api/v1/bookings/\(entered)").expect(200)
        }
    }

    /// Of what was mailed the last twenty work; what the guest was shown goes on working.
    @Test(arguments: TestEngine.allCases)
    func theOldestOfManyEnd(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open, sessions: Identity.Policy(accessSeconds: 400 * 86_400)) {
            school in
            let booked = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = booked["booking"]?.id ?? ""
            let other = try await school.bookAsGuest(School.tuesday(11)).expect(201)
            var tokens: [String] = []
            for _ in 0..<(GuestAccess.mostMailed + 2) {
                tokens.append(try #require(try await Self.draw(for: id, in: school)))
                school.platform.clock.advance(seconds: 1)
            }

            var answers: [Int] = []
            for token in [tokens[0], tokens[1], tokens[2], tokens[21]] {
                answers.append(await school.guest(token: token).get("/api/v1/bookings/\(id)").status)
            }
            #expect(answers == [401, 401, 200, 200])
            try await school.guest(booked).get("/api/v1/bookings/\(id)").expect(200)
            try await school.guest(other).get("/api/v1/guest-bookings/current").expect(200)

            // What has ended is kept for a month.
            school.platform.clock.advance(seconds: 31 * 86_400)
            _ = await school.platform.runtime.retention.service.drain()
            let left = try await school.platform.database.rows("SELECT count(*) FROM {bookings.guest_access}")
            #expect(left == [["\(GuestAccess.mostMailed + 2)"]])
        }
    }

    // MARK: While the address is changed

    /// Draws a token, and has the staff change the guest's address before it is committed.
    ///
    /// They change it at another booking of the same series: not even a row is shared.
    ///
    /// - Returns: Whether the token leads to the booking afterwards.
    private static func race(_ engine: TestEngine, isLocking: Bool = true) async throws -> Bool {
        let setup = TestPlatform.Setup.race { if !isLocking { $0.database.locking = NoLocking() } }
        return try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.openFarAhead)
            let series = School.tuesdays(2, ["provider": .string(school.first)])
            let made = try await school.bookSeriesAsGuest(series).expect(201)
            let bookings = made["bookings"]?.array?.map(\.id) ?? []
            let (id, changed) = (try #require(bookings.last), try #require(bookings.first))
            let (isDrawn, mayCommit) = (TestSignal(), TestSignal())
            async let drawing = Self.draw(for: id, in: school) {
                isDrawn.send()
                mayCommit.wait()
            }
            await isDrawn.arrives()
            async let change = school.admin.post(
                "/api/v1/bookings/\(changed)/guest-email", ["email": "neu@example.org"])
            do {
                defer { mayCommit.send() }
                // SQLite has one writer.
                if engine == .postgres, isLocking { try await platform.database.awaitWaiting() }
                if engine == .postgres, !isLocking { try await change.expect(200) }
            }
            let token = try #require(try await drawing)
            try await change.expect(200)
            return await school.guest(token: token).get("/api/v1/bookings/\(id)").status == 200
        }
    }

    /// A token that is drawn while the address is changed goes to the old one, and ends with the others.
    @Test(arguments: TestEngine.allCases)
    func whatIsDrawnForTheOldAddressEnds(_ engine: TestEngine) async throws {
        let survives = try await Self.race(engine)
        #expect(!survives)
    }

    /// The negative control.
    @Test func withoutTheLockItGoesOnWorking() async throws {
        let survives = try await Self.race(.postgres, isLocking: false)
        #expect(survives)
    }
}
