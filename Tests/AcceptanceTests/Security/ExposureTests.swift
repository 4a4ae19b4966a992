import AlmanacStorage
import AlmanacTestKit
import Testing

/// What the real program shows and does not show over the wire.
struct ExposureTests {
    @Test("v5.0.0-13.4.1 v5.0.0-13.4.2 v5.0.0-13.4.3 v5.0.0-15.2.3 serves the API, its pages and nothing else")
    func servesTheAPIItsPagesAndNothingElse() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token(of: School.admin)
            let paths = [
                "/", "/api", "/api/", "/api/v1", "/api/v1/", "/.git/config", "/.git/HEAD", "/.svn/entries", "/.env",
                "/plugins.yaml", "/data/", "/data/school.sqlite", "/demo/accounts.csv", "/..%2Fplugins.yaml",
                "/%2e%2e/plugins.yaml", "/debug", "/debug/pprof", "/actuator", "/server-status", "/console.old",
                "/admin",
                "/swagger", "/swagger-ui/", "/graphql", "/test", "/Package.swift", "/Core/", "/favicon.ico",
                "/robots.txt~",
            ]
            for path in paths {
                for bearer in [nil, token] {
                    let answer = try await server.client.get(path, token: bearer)
                    #expect(answer.status == 404 || answer.status == 400, "\(path): \(answer)")
                    #expect(answer.header("content-type") == "application/problem+json", "\(path): \(answer)")
                }
            }
            // Of the files of the console only those that browsers need.
            let files = [
                "", "/", "/0", "/0/", "/0/console", "/0/console/frame.mustache", "/0/words/en.json",
                "/0/..%2F..%2Fplugins.yaml", "/0/%2e%2e/%2e%2e/plugins.yaml",
            ]
            for file in files {
                let answer = try await server.client.get("/console/assets\(file)", token: token)
                #expect(answer.status == 404, "\(file): \(answer)")
                #expect(answer.text.isEmpty, "\(file): \(answer)")
            }
        }
    }

    @Test("v5.0.0-13.4.4 answers neither TRACE nor other methods that repeat the request")
    func doesNotAnswerTrace() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            for method in ["TRACE", "TRACK", "DEBUG", "CONNECT"] {
                for target in ["/", "/api/v1/me", "/health/live"] {
                    let answer = try await server.client.send(LoopbackRequest(method, target, token: token))
                    #expect(answer.status >= 400, "\(method) \(target): \(answer)")
                    #expect(!answer.text.contains(token))
                }
            }
        }
    }

    @Test("no answer says which libraries the program is made of")
    func noAnswerSaysWhatTheProgramIsMadeOf() async throws {
        try await withSchoolServer(.sqlite) { server in
            for target in ["/health/live", "/api/v1/me", "/nothing", "/openapi.json", "/%ff"] {
                let answer = try await server.client.get(target)
                for name in ["server", "x-powered-by", "via", "x-runtime"] { #expect(answer.header(name) == nil) }
                let isDocument = target == "/openapi.json"
                for word in ["Hummingbird", "SwiftNIO", "GRDB", "SQLite"] {
                    #expect(isDocument || !answer.text.contains(word), "\(answer)")
                }
            }
        }
    }

    @Test("v5.0.0-6.3.2 v5.0.0-13.2.3 has no accounts from the start", arguments: TestEngine.allCases)
    func hasNoAccountsFromTheStart(_ engine: TestEngine) async throws {
        try await withProgramStorage(engine) { storage in
            let rest = "limits: {login: {perIdentifier: unlimited, perAddress: unlimited}}"
            let manifest = School.manifest(storage.section, rest: rest)
            try await withServer(manifest: manifest, environment: storage.environment) { process in
                let names = [
                    "admin", "root", "sa", "office@school.example.org", "admin@school.example.org", "admin@localhost",
                ]
                for name in names {
                    for password in ["admin", "root", "password", "changeme", "", name] {
                        let answer = try await process.client.post(
                            "/api/v1/auth/token", ["email": .string(name), "password": .string(password)])
                        #expect(answer.status == 401 || answer.status == 422, "\(name): \(answer)")
                    }
                }
            }
        }
    }

    @Test("v5.0.0-4.1.1 v5.0.0-14.3.2 every answer over the wire says what it is and that it is not to be kept")
    func everyAnswerSaysWhatItIs() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            let large = [UInt8](repeating: 0x20, count: 3 << 20)
            let requests = [
                LoopbackRequest("GET", "/api/v1/me", token: token), LoopbackRequest("GET", "/api/v1/me"),
                LoopbackRequest("GET", "/nothing"), LoopbackRequest("GET", "/%ff"),
                LoopbackRequest("PUT", "/api/v1/me"),
                LoopbackRequest("GET", "/health/live"), LoopbackRequest("GET", "/openapi.json"),
                LoopbackRequest("GET", "/health/live", headers: [("X-Long", String(repeating: "x", count: 40_000))]),
                LoopbackRequest("POST", "/api/v1/auth/token", headers: [], body: large),
            ]
            for request in requests {
                let answer = try await server.client.perform { connection in
                    try? connection.send(request)
                    return try connection.receive(to: request.method)
                }
                let type = answer.status < 400 ? "application/json" : "application/problem+json"
                #expect(answer.header("content-type") == type, "\(request.target): \(answer)")
                #expect(answer.header("cache-control") == "no-store", "\(request.target): \(answer)")
                _ = try answer.json()
            }
        }
    }

    @Test("v5.0.0-16.2.2 v5.0.0-16.2.4 the log is JSON lines with times in UTC")
    func theLogIsJSONLines() async throws {
        try await withSchool(.sqlite) { school in
            let text = School.manifest("storage: {backend: sqlite, path: data/school.sqlite}")
                .replacingLevel(by: "logging: {level: info, format: json}")
            try school.program.write(text, to: "plugins.yaml")
            try await school.serve { server in
                for number in 0..<12 {
                    _ = try await server.client.post(
                        "/api/v1/auth/token", ["email": "nobody@example.org", "password": .string("wrong \(number)")])
                }
                let lines = server.process.errors.split(separator: "\n")
                #expect(!lines.isEmpty)
                for line in lines {
                    let entry = try JSON(parsing: Array(line.utf8))
                    let times = entry.object?.members.compactMap { Instant(rfc3339: $0.value.string ?? "") } ?? []
                    #expect(!times.isEmpty, "\(line)")
                }
            }
        }
    }
}

extension String {
    fileprivate func replacingLevel(by line: String) -> String {
        self.split(separator: "\n").map { $0.hasPrefix("logging:") ? line : String($0) }.joined(separator: "\n")
    }
}
