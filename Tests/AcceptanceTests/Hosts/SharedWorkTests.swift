import AlmanacStorage
import AlmanacTestKit
import Foundation
import Synchronization
import Testing

/// What two real servers do in the background, the clock of the second thirty seconds ahead: each thing once.
struct SharedWorkTests {
    private static let mail = #"mail: {folder: out, from: "School <office@school.example.org>"}"#

    /// Two hosts that tell people of their bookings, by mails that can be counted.
    private func hosts(_ school: School, graceMinutes: Int) throws -> TwoHosts {
        let messaging = "messaging: {graceMinutes: \(graceMinutes), reminderLeadMinutes: 0}"
        let manifest = School.manifest(school.storage.section, rest: Self.mail)
            .replacing("  bookings: {}\n", with: "  bookings: {}\n  \(messaging)\n")
        try school.program.write(manifest, to: "plugins.yaml")
        return try TwoHosts(school)
    }

    /// Books so many lessons, on each server in turn; returns their numbers.
    private func book(_ count: Int, on servers: [SchoolServer]) async throws -> [String] {
        let tokens = [
            try await servers[0].token(), try await servers[1 % servers.count].token(of: School.otherCustomer),
        ]
        let slots = try await servers[0].slots(tokens[0]).prefix(count)
        return try await withThrowingTaskGroup(of: String.self) { group in
            for (index, slot) in slots.enumerated() {
                let (server, token) = (servers[index % servers.count], tokens[index % 2])
                group.addTask {
                    let answer = try await server.book(slot, token)
                    return try #require(answer.json()["number"]?.string, "\(answer)")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Returns when nothing waits to be delivered, told or done any more.
    private func settle(_ school: School) async throws {
        let deadline = ContinuousClock.now + .seconds(150)
        while ContinuousClock.now < deadline {
            let left = try await school.rows(
                """
                SELECT (SELECT count(*) FROM {kernel.delivery} WHERE state NOT IN ('done', 'dead'))
                    + (SELECT count(*) FROM {messaging.message} WHERE state IN ('waiting', 'sending'))
                    + (SELECT count(*) FROM {kernel.job} WHERE state = 'running')
                """)
            if left == [["0"]] { return }
        }
        Issue.record("something still waits after its time")
    }

    private func mails(_ school: School) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "\(school.program.folder)/out")
            .filter { $0.hasSuffix(".eml") }.count
    }

    /// How many messages were made, of how many kinds; how many mails were sent, and how many attempts that took.
    private func told(_ school: School) async throws -> [Int] {
        let row = try await school.rows(
            """
            SELECT count(*), count(DISTINCT (booking_id, person_id, channel, type)),
                count(*) FILTER (WHERE channel = 'email' AND state = 'sent'),
                coalesce(sum(attempts) FILTER (WHERE channel = 'email'), 0)
            FROM {messaging.message}
            """)
        return row.first?.compactMap { $0.flatMap { Int($0) } } ?? []
    }

    @Test
    func whatIsBookedOnBothIsToldOnce() async throws {
        try await withSchool(.postgres, rest: Self.mail) { school in
            try await self.hosts(school, graceMinutes: 0).serve { first, second in
                let numbers = try await self.book(12, on: [first, second])
                try await self.settle(school)
                let told = try await self.told(school)
                let handled = try await school.rows(
                    "SELECT state, attempts, count(*) FROM {kernel.delivery} GROUP BY state, attempts")
                let jobs = try await school.rows(
                    "SELECT count(*) FROM {kernel.job} WHERE state = 'dead' OR attempts > 1")

                #expect(Set(numbers).count == 12)
                // To customer and teacher, by mail and into the inbox.
                #expect(told == [48, 48, 24, 24])
                #expect(try self.mails(school) == 24)
                #expect(handled.map { $0.prefix(2) } == [["done", "0"]])
                #expect(jobs == [["0"]])
            }
        }
    }

    // MARK: Hosts and a database that die

    /// What clients were told, and where they may ask.
    private final class Diary: Sendable {
        let confirmed = Mutex<[String]>([])
        let statuses = Mutex<Set<Int>>([])
        let servers = Mutex<[SchoolServer]>([])
        let isOver = Mutex(false)

        /// The host whose turn it is, as a proxy would choose.
        func server(_ turn: Int) -> SchoolServer? {
            self.servers.withLock { $0.isEmpty ? nil : $0[turn % $0.count] }
        }

        /// Returns when so many more were confirmed; each look is a request's time apart.
        func reach(_ more: Int, _ pause: () async throws -> Void) async throws {
            let goal = self.confirmed.withLock(\.count) + more
            let deadline = ContinuousClock.now + .seconds(60)
            while self.confirmed.withLock(\.count) < goal {
                try #require(ContinuousClock.now < deadline, "only \(self.confirmed.withLock(\.count)) of \(goal)")
                try await pause()
            }
        }
    }

    /// Books one lesson after the other, each with one key until the answer is 201, whatever hosts and database do.
    private func book(_ slots: [SchoolServer.Slot], _ token: String, _ diary: Diary) async {
        var turn = 0
        for slot in slots {
            while !diary.isOver.withLock({ $0 }), !Task.isCancelled {
                turn += 1
                guard let server = diary.server(turn) else { continue }
                let headers = [
                    ("Authorization", "Bearer \(token)"), ("Content-Type", "application/json"),
                    ("Idempotency-Key", "once-\(slot.provider)-\(slot.start)"),
                ]
                let request = LoopbackRequest(
                    "POST", "/api/v1/bookings", headers: headers, body: slot.booking.serialized)
                // A host that was killed answers nothing; whoever asked asks another one.
                guard let answer = try? await server.client.send(request) else { continue }
                diary.statuses.withLock { _ = $0.insert(answer.status) }
                if answer.status == 201, let number = try? answer.json()["number"]?.string {
                    diary.confirmed.withLock { $0.append(number) }
                    break
                }
            }
            // People look more than they book.
            for _ in 0..<5 { _ = try? await diary.server(turn)?.client.get("/api/v1/bookings?limit=50", token: token) }
        }
    }

    @Test
    func whatWasConfirmedIsToldOnceWhoeverDies() async throws {
        try await withPostgresPair(isSynchronous: false) { pair in
            try await withSchool(on: .postgres(at: pair.address), rest: Self.mail) { school in
                // Nothing is told before the end: which mail was on its way to a host that died nobody can know.
                let hosts = try self.hosts(school, graceMinutes: 1)
                try await hosts.punctual.serve { first in
                    let tokens = [try await first.token(), try await first.token(of: School.otherCustomer)]
                    let slots = try await first.slots(tokens[0])
                    let diary = Diary()
                    diary.servers.withLock { $0 = [first] }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for (place, token) in tokens.enumerated() {
                            let own = slots.indices.filter { $0 % 2 == place }.map { slots[$0] }
                            group.addTask { await self.book(own, token, diary) }
                        }
                        defer { diary.isOver.withLock { $0 = true } }
                        try await self.break(hosts, first, pair, diary)
                    }
                    try await self.settle(school)
                    let found = try await first.bookings(tokens[0]) + first.bookings(tokens[1])
                    try await self.check(found, diary, school)
                }
            }
        }
    }

    /// Kills the second host, starts it again, and restarts the database, while clients book.
    private func `break`(
        _ hosts: TwoHosts, _ first: SchoolServer, _ pair: PostgresPair, _ diary: Diary
    ) async throws {
        let live: () async throws -> Void = { _ = try await first.client.get("/health/live") }
        try await hosts.ahead.serve { second in
            diary.servers.withLock { $0 = [first, second] }
            try await diary.reach(10, live)
            await second.process.kill()
            // The proxy notices later.
            try await diary.reach(3, live)
            diary.servers.withLock { $0 = [first] }
        }
        try await hosts.ahead.serve { second in
            diary.servers.withLock { $0 = [first, second] }
            try await diary.reach(10, live)
            try await pair.restartPrimary()
            let back = ContinuousClock.now
            try await diary.reach(1, live)
            let gap = ContinuousClock.now - back
            #expect(gap < Duration.seconds(5).patiently)
            print("from the database's return to the first booking: \(gap)")
            try await diary.reach(10, live)
            diary.servers.withLock { $0 = [first] }
        }
    }

    private func check(_ found: [JSON], _ diary: Diary, _ school: School) async throws {
        let confirmed = diary.confirmed.withLock { $0 }
        let numbers = found.compactMap { $0["number"]?.string }
        let told = try await self.told(school)
        let open = try await school.rows("SELECT count(*) FROM {kernel.delivery} WHERE state <> 'done'")

        #expect(diary.statuses.withLock { $0 }.isSubset(of: [201, 503]), "\(diary.statuses.withLock { $0 })")
        #expect(Set(confirmed).count == confirmed.count)
        #expect(Set(confirmed).isSubset(of: Set(numbers)))
        // At most the last of each client is unconfirmed.
        #expect(numbers.count <= confirmed.count + 2)
        #expect(open == [["0"]])
        #expect(told == [numbers.count * 4, numbers.count * 4, numbers.count * 2, numbers.count * 2])
        #expect(try self.mails(school) == numbers.count * 2)
    }
}
