internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation
internal import Synchronization

/// The statements of a booking in pgbench, on the same server and database.
final class PgbenchCeiling: Sendable {
    /// How many statements one booking takes, those that open and end the transaction included.
    let statementCount: Int
    private let cluster: PostgresCluster
    private let program: Program
    private let script: String
    private let firstSlot: Instant
    /// How often it has run: each run takes slots and ids of its own.
    private let runs = Atomic<Int>(0)

    /// Makes bookings through a running server and learns their statements from the database's log.
    ///
    /// `clients` is the most clients that will run at once.
    init(_ cluster: PostgresCluster, _ site: Site, _ server: ServerProcess, clients: Int) async throws {
        let count = min(clients, site.quarterHour.providers.count)
        var recipes: [Recipe<String>] = []
        try cluster.logStatements(true)
        try await Self.awaitLog(cluster, site, server)
        for client in 0..<count {
            // The first booking of somebody also reads the key of their audit entries.
            _ = try await Self.capture(cluster, site, server, client, quarter: 40)
            let first = try await Self.capture(cluster, site, server, client, quarter: 42)
            recipes.append(try Recipe(first, try await Self.capture(cluster, site, server, client, quarter: 44)))
        }
        try cluster.logStatements(false)
        let script = try PgbenchScript(recipes)
        try cluster.query(script.preparation)
        self.script = try site.program.write(script.text, to: "booking.pgbench")
        self.statementCount = recipes[0].statements.count
        self.cluster = cluster
        self.program = site.program
        self.firstSlot = site.diary.firstDay.adding(minutes: 1_440 * 800)
    }

    /// Books until the log tells of it: the server's processes learn of the setting one by one.
    private static func awaitLog(_ cluster: PostgresCluster, _ site: Site, _ server: ServerProcess) async throws {
        for quarter in 0..<30 {
            if !(try await Self.capture(cluster, site, server, 0, quarter: 46 + quarter).statements.isEmpty) { return }
        }
        throw TestKitError("the server does not log statements although it was told to")
    }

    private static func capture(
        _ cluster: PostgresCluster, _ site: Site, _ server: ServerProcess, _ client: Int, quarter: Int
    ) async throws -> CapturedBooking<String> {
        let start = site.diary.spare(quarter)
        let request = BookingRequests(site).request(
            start, with: site.quarterHour.providers[client], token: site.token(of: client))
        // The first request of the user after a while looks the token up; that is not part of a booking.
        _ = try await server.client.get("/api/v1/me", token: site.token(of: client))
        let offset = try cluster.log().count
        let answer = try await server.client.send(request)
        guard answer.status == 201 else { throw TestKitError("a slot cannot be booked: \(answer)") }
        // Events are delivered meanwhile: the transaction that makes the booking is the one that is repeated.
        let transactions = StatementLog.transactions(in: try cluster.log(from: offset))
        let booking = transactions.first { $0.contains { $0.text.hasPrefix("INSERT INTO bookings.booking ") } }
        return CapturedBooking(start: start, statements: booking ?? [])
    }

    /// Repeats the statements with so many clients at once, each so many times.
    ///
    /// Not for a time: pgbench ends that by SIGALRM, which is blocked in the threads that start processes here, and so
    /// in pgbench.
    func run(clients: Int, transactions: Int) throws -> LoadResult {
        let series = self.runs.add(1, ordering: .relaxed).newValue
        let slot = self.firstSlot.adding(minutes: 1_440 * 4_000 * Int64(series))
        let prefix = "\(self.program.folder)/pgbench-\(series)"
        let report = try self.cluster.pgbench([
            "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=\(min(clients, 2))",
            "--transactions=\(max(transactions, 1))", "--file=\(self.script)", "--log", "--log-prefix=\(prefix)",
            "--define=n=0",
            "--define=slot0=\(slot.microseconds)", "--define=series=\(series)",
        ])
        guard report.contains("tps = "), !report.contains("aborted") else {
            throw TestKitError("pgbench could not repeat the bookings:\n\(report)")
        }
        return try self.result(prefix, clients: clients)
    }

    /// Reads pgbench's log of transactions: `client number microseconds script seconds microseconds`.
    ///
    /// The first second warms up, as in every load here.
    private func result(_ prefix: String, clients: Int) throws -> LoadResult {
        let names = try FileManager.default.contentsOfDirectory(atPath: self.program.folder)
        var ends: [(at: Double, took: Double)] = []
        for name in names where "\(self.program.folder)/\(name)".hasPrefix(prefix + ".") {
            let text = try String(contentsOfFile: "\(self.program.folder)/\(name)", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields.count >= 6, let took = Double(fields[2]), let seconds = Double(fields[4]),
                    let micros = Double(fields[5])
                else { throw TestKitError("this is no line of a pgbench log: \(line)") }
                ends.append((seconds + micros / 1e6, took))
            }
        }
        guard let first = ends.map(\.at).min(), let last = ends.map(\.at).max(), last > first + 1 else {
            throw TestKitError("pgbench has logged no transactions")
        }
        let measured = ends.filter { $0.at >= first + 1 }
        var result = Load.ClientResult()
        result.latencies = measured.map { Int64($0.took * 1_000) }
        result.seconds = last - first - 1
        return LoadResult([result])
    }
}
