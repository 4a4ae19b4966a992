import AlmanacStorage
import AlmanacTestKit
import Testing

/// A request that cannot be done as it stands.
struct BadInput {
    let what: String
    let method: String
    let path: String
    let body: [UInt8]
    let headers: [(name: String, value: String)]
    /// Status, and what is wrong by pointer and code: `422 /start in_past`; the code of the problem where nothing of the
    /// input is named, and of what is no JSON the reason too.
    let problem: String

    init(
        _ what: String, by method: String = "POST", _ path: String, _ json: JSON? = nil, version: Int? = nil,
        is problem: String
    ) {
        self.init(
            what, by: method, path, body: json?.serialized ?? [],
            headers: version.map { [("If-Match", "\"\($0)\"")] } ?? [], is: problem)
    }

    /// A body as it stands, whatever it is.
    init(
        _ what: String, by method: String = "POST", _ path: String, body: [UInt8],
        headers: [(name: String, value: String)] = [], is problem: String
    ) {
        self.what = what
        self.method = method
        self.path = path
        self.body = body
        self.headers = headers + (body.isEmpty ? [] : [("Content-Type", "application/json")])
        self.problem = problem
    }
}

extension School {
    /// Sends what must be refused, and sees that each names what is wrong and nothing was written.
    func refuses(_ inputs: [BadInput], as client: APIClient? = nil) async throws {
        let before = try await self.contents()
        for input in inputs {
            let answer = await (client ?? self.customer).send(
                input.method, "/api/v1/\(input.path)", body: input.body, headers: input.headers)
            #expect(answer.problem == input.problem, "\(input.what)")
            #expect(try await self.contents() == before, "\(input.what)")
        }
    }

    /// All that the plugin keeps, by table.
    func contents() async throws -> [String: [String]] {
        let database = self.platform.database
        let isPostgres = self.platform.engine == .postgres
        let names = try await database.rows(
            isPostgres
                ? """
                SELECT 'bookings.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname = 'bookings'
                """
                : "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'bookings~_%' ESCAPE '~'")
        var contents: [String: [String]] = [:]
        for name in names.compactMap({ $0.first ?? nil }) {
            let rows = try await database.rows(isPostgres ? "SELECT t::text FROM \(name) t" : "SELECT * FROM \(name)")
            contents[name] = rows.map { $0.map { $0 ?? "-" }.joined(separator: "|") }.sorted()
        }
        return contents
    }
}

extension APIAnswer {
    /// Status and what is wrong, as ``BadInput/problem`` has it.
    var problem: String {
        var what = self.fieldErrors
        if what.isEmpty { what = [[self.code, self.json["reason"]?.string].compactMap(\.self).joined(separator: " ")] }
        return "\(self.status) \(what.joined(separator: ", "))"
    }
}

extension JSON {
    /// A number as it is written.
    static func spelled(_ spelling: String) -> JSON { JSONNumber(spelling: spelling).map(JSON.number) ?? .null }

    /// The same object with other members.
    func with(_ members: JSON) -> JSON {
        (members.object?.members ?? []).reduce(self) { $0.with($1.name, $1.value) }
    }
}
