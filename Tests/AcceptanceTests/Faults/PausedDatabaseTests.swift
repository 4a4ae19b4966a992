import AlmanacStorage
import AlmanacTestKit
import Foundation
import Synchronization
import Testing

/// The database says nothing for a while: it has not ended, nor do its connections; it hangs.
///
/// Two hosts, the clock of the second thirty seconds ahead, tell whoever books that they cannot just now, and go on when
/// it does.
struct PausedDatabaseTests {
    private static let isLong = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1"
    /// With ALMANAC_LONG=1 as long as the product promises to bear it.
    private static let silence = Duration.seconds(Self.isLong ? 60 : 12)
    /// How long a refusal may take.
    ///
    /// The short form runs beside many other tests, which have the processors too.
    private static let patience = Duration.seconds(Self.isLong ? 2 : 8)
    private static let clientsOfEach = 4

    @Test
    func whoeverAsksIsToldSoonAndNothingIsLost() async throws {
        try await withPostgresCluster { cluster in
            let storage = cluster.storage
            try await withSchool(on: storage, files: BusySchool.files, plugins: BusySchool.plugins) { school in
                let log = RequestLog()
                let bookings = try await self.book(school, cluster, log)
                try await school.isWhole(.postgres, bookings: bookings)
                #expect(log.statuses == [201, 503])
            }
        }
    }

    /// Books on both hosts before, during and after the silence; returns how many lessons were confirmed.
    private func book(_ school: School, _ cluster: PostgresCluster, _ log: RequestLog) async throws -> Int {
        var confirmed: [String] = []
        try await TwoHosts(school).serve { first, second in
            let load = try await first.load()
            let isOver = Flag()
            confirmed = try await withThrowingTaskGroup(of: [String].self) { group in
                for index in 0..<(2 * Self.clientsOfEach) {
                    let server = index.isMultiple(of: 2) ? first : second
                    group.addTask {
                        try await Self.insist(load, on: server.client, index % 2, log, until: isOver)
                    }
                }
                defer { isOver.raise() }
                try await self.pause(cluster, [first, second], log)
                isOver.raise()
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try await school.handlesAllEvents()
            var found: Set<String> = []
            for id in confirmed {
                let answer = try await second.client.get("/api/v1/bookings/\(id)", token: load.token)
                if try answer.json()["status"] == "confirmed" { found.insert(id) }
            }
            #expect(found.count == confirmed.count)
            #expect(Set(confirmed).count == confirmed.count)
        }
        return confirmed.count
    }

    private func pause(_ cluster: PostgresCluster, _ servers: [SchoolServer], _ log: RequestLog) async throws {
        let live: () async throws -> Void = {
            for server in servers {
                let status = try await server.client.get("/health/live").status
                #expect(status == 200)
            }
        }
        try await log.confirms(10, on: [0, 1], live)
        cluster.pause()
        let gone = ContinuousClock.now
        while ContinuousClock.now < gone + Self.silence { try await live() }
        let back = ContinuousClock.now
        cluster.resume()
        try await log.confirms(1, on: [0, 1], since: back, live)

        let refusal = log.slowest(in: gone..<back)
        #expect(refusal.count > 0)
        #expect(refusal.took <= Self.patience)
        #expect(log.confirmed(beginningIn: gone..<back, endingBefore: back) == 0)
        let firsts = [0, 1].compactMap { log.firstConfirmation(on: $0, since: back) }
        #expect(firsts.allSatisfy { $0 - back <= Duration.seconds(5).patiently })
        print(
            "database silent for \(Self.silence): \(refusal.count) requests refused, the slowest after \(refusal.took);"
                + " first booking on each host after its return: \(firsts.map { $0 - back })")
        try await log.confirms(10, on: [0, 1], since: back, live)
    }

    /// Books one lesson after the other, each under one key until it is confirmed.
    private static func insist(
        _ load: BookingLoad, on client: LoopbackClient, _ host: Int, _ log: RequestLog,
        until isOver: Flag
    ) async throws -> [String] {
        try await client.perform { connection in
            var confirmed: [String] = []
            while !isOver.isRaised {
                var attempt = load.attempt()
                while attempt.acknowledged == nil {
                    let began = ContinuousClock.now
                    try connection.send(attempt.request(load.token))
                    let answer = try connection.receive(to: "POST")
                    attempt.answer = answer
                    log.note(.init(host: host, status: answer.status, began: began, ended: ContinuousClock.now))
                    guard [201, 503].contains(answer.status) else { throw TestKitError("\(answer)") }
                    // People do not ask again at once.
                    if answer.status == 503 { usleep(100_000) }
                }
                if let id = attempt.acknowledged { confirmed.append(id) }
            }
            return confirmed
        }
    }

    /// Tells the clients that they have booked enough.
    private final class Flag: Sendable {
        private let state = Mutex(false)

        var isRaised: Bool { self.state.withLock { $0 } }

        func raise() { self.state.withLock { $0 = true } }
    }

    /// What was answered when.
    private final class RequestLog: Sendable {
        struct Entry: Sendable {
            let host: Int
            let status: Int
            let began: ContinuousClock.Instant
            let ended: ContinuousClock.Instant
        }

        private let entries = Mutex<[Entry]>([])

        var statuses: Set<Int> { self.entries.withLock { Set($0.map(\.status)) } }

        func note(_ entry: Entry) { self.entries.withLock { $0.append(entry) } }

        /// Waits until so many were confirmed on each host that were asked for since `moment`.
        func confirms(
            _ count: Int, on hosts: [Int], since moment: ContinuousClock.Instant? = nil,
            _ pause: () async throws -> Void
        ) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while true {
                let counts = self.entries.withLock { entries in
                    hosts.map { host in
                        entries.count { entry in
                            entry.host == host && entry.status == 201 && moment.map { entry.ended >= $0 } ?? true
                        }
                    }
                }
                if counts.allSatisfy({ $0 >= count }) { return }
                try #require(ContinuousClock.now < deadline, "\(counts) of \(count)")
                try await pause()
            }
        }

        /// How many were refused in a span of time, and how much of it the slowest answer of any kind took.
        func slowest(in span: Range<ContinuousClock.Instant>) -> (count: Int, took: Duration) {
            let met = self.entries.withLock { entries in
                entries.filter { $0.ended > span.lowerBound && $0.began < span.upperBound }
            }
            let waits = met.map { min($0.ended, span.upperBound) - max($0.began, span.lowerBound) }
            return (met.count { $0.status == 503 }, waits.max() ?? .zero)
        }

        func confirmed(
            beginningIn span: Range<ContinuousClock.Instant>, endingBefore end: ContinuousClock.Instant
        ) -> Int {
            self.entries.withLock { $0.count { $0.status == 201 && span.contains($0.began) && $0.ended < end } }
        }

        func firstConfirmation(on host: Int, since moment: ContinuousClock.Instant) -> ContinuousClock.Instant? {
            self.entries.withLock { entries in
                entries.filter { $0.host == host && $0.status == 201 && $0.ended >= moment }.map(\.ended).min()
            }
        }
    }
}
