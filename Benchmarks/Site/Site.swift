internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation

/// A deployment for measuring: the shipped manifest over a database with a large school in it.
struct Site: Sendable {
    /// What the database is.
    enum Storage: Sendable {
        case sqlite
        case postgres(PostgresCluster)

        var name: String {
            switch self {
            case .sqlite: "SQLite, synchronous FULL"
            case .postgres: "PostgreSQL, durable"
            }
        }
    }

    let storage: Storage
    /// The real program in a folder of its own.
    let program: Program
    /// A token of each account.
    let tokens: [String]
    /// What can be booked round the clock.
    let quarterHour: Offer
    /// What can be booked at ordinary hours.
    let lesson: Offer
    /// What fifty people give at ordinary hours.
    let teamLesson: Offer
    /// Hands out the slots of ``quarterHour``, to whatever is measured on this site.
    let diary: SlotDiary

    /// An event type and those who give it.
    struct Offer: Sendable {
        let eventType: String
        let providers: [String]
    }

    /// Runs `body` with a site on SQLite.
    static func withSQLite(_ body: (Site) async throws -> Void) async throws {
        try await Self.with(.sqlite, manifest: try Self.shippedManifest(), environment: Self.environment, body)
    }

    /// Runs `body` with a site on a PostgreSQL cluster of its own.
    static func withPostgres(_ body: (Site) async throws -> Void) async throws {
        try await PostgresCluster.with { cluster in
            let variable = "ALMANAC_DATABASE_URL"
            let shipped = try Self.shippedManifest().split(separator: "\n", omittingEmptySubsequences: false)
            let lines = shipped.map { line in
                line.hasPrefix("storage:") ? #"storage: {backend: postgres, url: "${env:\#(variable)}"}"# : line
            }
            let manifest = lines.joined(separator: "\n")
            let environment = Self.environment.merging([variable: cluster.url]) { $1 }
            try await Self.with(.postgres(cluster), manifest: manifest, environment: environment, body)
        }
    }

    private static func shippedManifest() throws -> String {
        let path = try Tool.packageFolder() + "/plugins.yaml"
        return try String(contentsOfFile: path, encoding: .utf8) + Self.whole
    }

    /// What the shipped manifest leaves to the operator, switched on: limits and metrics.
    ///
    /// Every request is counted by who sends it and from where; the limits are such that nobody is refused.
    private static let whole = """

        limits:
          reads: {perUser: 1000000/second, perAddress: 1000000/second}
          writes: {perUser: 1000000/second, perAddress: 1000000/second}
          public: {perAddress: 1000000/second}
        metrics: {token: "${env:ALMANAC_METRICS_TOKEN}"}
        """
    private static let environment = ["ALMANAC_METRICS_TOKEN": "a token with which nobody comes here"]

    private static func with(
        _ storage: Storage, manifest: String, environment: [String: String], _ body: (Site) async throws -> Void
    ) async throws {
        try await withProgram(manifest: manifest, environment: environment) { program in
            try await Self.fill(program)
            let site = try await program.serve { server in
                let quarterHour = try await Self.offer(School.quarterHour, server.client)
                return Site(
                    storage: storage, program: program, tokens: try await Self.signIn(server.client),
                    quarterHour: quarterHour, lesson: try await Self.offer(School.lesson, server.client),
                    teamLesson: try await Self.offer(School.teamLesson, server.client),
                    diary: SlotDiary(providers: quarterHour.providers.count))
            }
            try await body(site)
        }
    }

    /// Imports the school and makes its accounts.
    private static func fill(_ program: Program) async throws {
        for (name, text) in School.files { try program.write(text, to: "school/\(name)") }
        try await Self.run(program, ["seed", "--from", "school"])
        for email in School.accounts {
            let arguments = ["user", "create", "--email", email, "--role", "customer", "--password-stdin"]
            try await Self.run(program, arguments, input: School.password + "\n")
        }
    }

    private static func run(_ program: Program, _ arguments: [String], input: String = "") async throws {
        let result = try await program.run(
            arguments + ["--manifest", program.manifest], input: input, timeout: .seconds(120))
        guard result.exitCode == 0 else {
            throw TestKitError("almanac \(arguments.joined(separator: " ")) failed: \(result)")
        }
    }

    private static func signIn(_ client: LoopbackClient) async throws -> [String] {
        var tokens: [String] = []
        for email in School.accounts {
            let body: JSON = ["email": .string(email), "password": .string(School.password)]
            let answer = try await client.post("/api/v1/auth/token", body)
            guard answer.status == 200, let token = try answer.json()["accessToken"]?.string else {
                throw TestKitError("\(email) cannot sign in: \(answer)")
            }
            tokens.append(token)
        }
        return tokens
    }

    private static func offer(_ slug: String, _ client: LoopbackClient) async throws -> Offer {
        let answer = try await client.get("/api/v1/event-types")
        let items = try answer.json()["items"]?.array ?? []
        guard let found = items.first(where: { $0["slug"]?.string == slug }), let id = found["id"]?.string,
            let providers = found["providers"]?.array?.compactMap(\.string), !providers.isEmpty
        else { throw TestKitError("the school was imported, but \(slug) cannot be booked: \(answer)") }
        return Offer(eventType: id, providers: providers)
    }

    /// The SQLite file, while no server runs on it.
    var databasePath: String { "\(self.program.folder)/data/lindenhof.sqlite" }

    /// The token with which a client works.
    func token(of client: Int) -> String { self.tokens[client % self.tokens.count] }
}
