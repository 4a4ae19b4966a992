internal import AlmanacConsole
internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface
internal import AlmanacTestKit
internal import Bookings
internal import Foundation
internal import Logging

/// How long a page of the console's list takes that is about a hundred thousand bookings: the server's time, no sockets.
struct ConsoleBenchmark {
    /// What a page may take for 95 of 100 visitors, in microseconds.
    private static let limit = 50_000.0
    private static let bookings = 100_000
    private static let warmUps = 20
    private static let samples = 200

    let platform: TestPlatform
    let api: API
    let cookie: String

    /// Measures on a SQLite file.
    static func onSQLite() async throws -> Table { try await self.measure(on: .sqlite) }

    /// Measures on a durable PostgreSQL cluster of its own.
    static func onPostgres() async throws -> Table {
        let script = try Tool.packageFolder() + "/scripts/postgres-cluster"
        let folder = "/tmp/almanac-bench-console-\(getpid())"
        let url = try Tool.run(script, ["start", folder, "--durable"])
        let interruption = Interruption { _ = try? Tool.run(script, ["stop", folder]) }
        defer { interruption.resolve() }
        setenv("ALMANAC_TEST_POSTGRES_URL", url.trimmingCharacters(in: .whitespacesAndNewlines), 1)
        return try await self.measure(on: .postgres)
    }

    private static func measure(on engine: TestEngine) async throws -> Table {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let school = try await ConsoleSchool(platform)
            try await school.fill(with: Self.bookings)
            return try await ConsoleBenchmark(platform).run(school, on: engine)
        }
    }

    private init(_ platform: TestPlatform) async throws {
        self.platform = platform
        var settings = APISettings(title: "Benchmarks", version: "0", limits: .none)
        settings.sites = [try ConsoleSite(PageSettings(brand: "Benchmarks"), random: platform.runtime.random)]
        self.api = try API(
            platform.runtime, settings: settings,
            logger: Logger(label: "almanac.bench") { _ in SwiftLogNoOpLogHandler() })
        let credentials: JSON = [
            "email": .string(TestMember.admin.email), "password": .string(TestMember.password),
        ]
        let answer = await self.api.respond(
            to: APIRequest(
                method: "POST", path: "/api/v1/auth/token",
                headers: [("content-type", "application/json"), ("almanac-organization", "north")],
                body: credentials.serialized, address: "192.0.2.7"))
        guard let token = try JSON(parsing: answer.body)["accessToken"]?.string else {
            throw TestKitError("nobody could sign in: \(answer.status)")
        }
        self.cookie = "almanac-session=\(token); almanac-organization=north"
    }

    private func run(_ school: ConsoleSchool, on engine: TestEngine) async throws -> Table {
        let name = engine == .sqlite ? "SQLite" : "PostgreSQL, durable"
        var table = Table("A page of \(Format.count(Double(Self.bookings))) bookings in the console, \(name)")
        let first = try await self.page("/console/bookings")
        let next = first.split(separator: "\" rel=\"next\"").first.flatMap { $0.split(separator: "href=\"").last }
        guard let next, next.hasPrefix("/console/bookings?after=") else {
            throw TestKitError("the first page leads to no second one")
        }
        let lists = [
            ("all of them", "/console/bookings"),
            ("to confirm", "/console/bookings?status=pending"),
            ("cancelled", "/console/bookings?status=cancelled"),
            ("of one provider", "/console/bookings?provider=\(school.provider)"),
            ("of one week", "/console/bookings?from=2026-06-01&to=2026-06-07"),
            ("the second page", String(next)),
            ("one booking", "/console/bookings/\(school.booking)"),
            ("the first page of the console", "/console"),
        ]
        for (figure, target) in lists { table.rows.append(try await self.row(figure, target)) }
        table.notes = ["a page of all of them has \(Format.count(Double(first.utf8.count))) bytes of HTML"]
        return table
    }

    private func row(_ figure: String, _ target: String) async throws -> Row {
        for _ in 0..<Self.warmUps { _ = try await self.page(target) }
        var durations: [Int64] = []
        for _ in 0..<Self.samples {
            let start = ContinuousClock.now
            _ = try await self.page(target)
            durations.append((ContinuousClock.now - start).nanoseconds)
        }
        let samples = Samples(nanoseconds: durations)
        let high = samples.percentile(95)
        var row = Row(figure, "p95 \(Format.duration(high))")
        row.p50 = Format.duration(samples.median)
        row.p99 = Format.duration(samples.percentile(99))
        return row.limited("≤ \(Format.duration(Self.limit))", isMet: high <= Self.limit)
    }

    private func page(_ target: String) async throws -> String {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        // In a page an ampersand is written so.
        let query = parts.count > 1 ? parts[1].replacing("&amp;", with: "&") : nil
        let answer = await self.api.respond(
            to: APIRequest(
                method: "GET", path: parts[0], query: query,
                headers: [("host", "north.example"), ("cookie", self.cookie), ("accept-language", "en")], body: [],
                address: "192.0.2.7"))
        guard answer.status == 200 else { throw TestKitError("\(target) was answered \(answer.status)") }
        return String(decoding: answer.body, as: UTF8.self)
    }
}
