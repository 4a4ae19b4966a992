import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What holds for the answers of all operations, those to come included.
struct AnswerTests {
    /// The answers of each operation to an administrator, a customer and a stranger.
    private static func answers(_ world: SecurityWorld) async throws -> [(DocumentedOperation, APIAnswer)] {
        var found: [(DocumentedOperation, APIAnswer)] = []
        for operation in world.description.operations {
            let spendsCaller = try Recipe.of(operation, Recipe.all).spendsCaller
            let clients =
                spendsCaller
                ? [
                    try await world.school().newcomer(.admin).client,
                    try await world.school().newcomer(.customer).client, world.client(),
                ]
                : [try await world.client(as: .admin), try await world.client(as: .customer), world.client()]
            for client in clients {
                found.append((operation, await (try await world.request(operation)).send(client)))
            }
        }
        return found
    }

    @Test("v5.0.0-14.3.2 v5.0.0-4.1.2 v5.0.0-3.3.1 no answer is cached, redirects or sets a cookie")
    func noAnswerIsCachedRedirectsOrSetsACookie() async throws {
        try await withSecurityWorld(.sqlite) { world in
            for (_, answer) in try await Self.answers(world) {
                #expect(answer.response.header("cache-control") == "no-store", "\(answer)")
                #expect(!(300..<400).contains(answer.status), "\(answer)")
                #expect(answer.response.header("location")?.hasPrefix("http") != true, "\(answer)")
                #expect(answer.response.header("set-cookie") == nil, "\(answer)")
            }
        }
    }

    @Test("v5.0.0-3.5.1 a token that a browser sends by itself is none")
    func aTokenThatABrowserSendsByItselfIsNone() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let signedIn = try await world.client(as: .admin)
            let token = try #require(signedIn.headers.last?.value.split(separator: " ").last.map(String.init))
            var client = world.client()
            for name in ["access_token", "token", "accessToken", "session", "Authorization"] {
                client.headers.append(("Cookie", "\(name)=\(token)"))
            }
            for operation in world.description.operations where !operation.isPublic {
                #expect(await (try await world.request(operation)).send(client).status == 401)
            }
        }
    }

    @Test("v5.0.0-14.2.1 secrets stand neither in paths nor in queries, and are not taken from there")
    func secretsDoNotStandInAddresses() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let secret = ["password", "token", "secret", "apikey", "otp", "code", "credential"]
            for operation in world.description.operations {
                for parameter in operation.parameters(in: "query") + operation.parameters(in: "path") {
                    let name = parameter.name.lowercased()
                    #expect(!secret.contains { name.contains($0) }, "\(operation.route) takes \(parameter.name)")
                }
            }
            let signedIn = try await world.client(as: .admin)
            let token = try #require(signedIn.headers.last?.value.split(separator: " ").last.map(String.init))
            for name in ["access_token", "token", "accessToken", "apiKey", "api_key", "authorization"] {
                #expect(await world.client().get("/api/v1/me?\(name)=\(token)").status == 401)
            }
        }
    }

    @Test("v5.0.0-6.4.2 no operation knows hints or secret questions")
    func noOperationKnowsHints() async throws {
        try await withSecurityWorld(.sqlite) { world in
            for operation in world.description.operations {
                for field in operation.fields {
                    let name = field.lowercased()
                    #expect(
                        !name.contains("hint") && !name.contains("secretquestion"), "\(operation.route) takes \(field)")
                }
            }
        }
    }

    @Test("v5.0.0-4.1.3 no header makes a caller somebody else")
    func noHeaderMakesACallerSomebodyElse() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try world.platform.user(.admin).id.description
            var client = try await world.client(as: .customer)
            let plain = client
            for name in ["X-User-Id", "X-User", "X-Forwarded-User", "Remote-User", "X-Remote-User", "X-Auth-User"] {
                client.headers += [(name, admin), (name, TestMember.admin.email)]
            }
            client.headers += [
                ("X-Original-URL", "/api/v1/blocked-times"), ("X-Rewrite-URL", "/api/v1/blocked-times"),
                ("X-Role", "admin"), ("X-Forwarded-Host", "south.example.org"), ("X-Forwarded-Proto", "http"),
                ("Forwarded", "host=south.example.org"), ("X-Organization", "south"),
            ]
            for path in ["/api/v1/me", "/api/v1/blocked-times", "/api/v1/customers", "/api/v1/event-types"] {
                let (with, without) = (await client.get(path), await plain.get(path))
                #expect(with.status == without.status)
                #expect(with.response.body == without.response.body)
            }
        }
    }

    @Test(
        "v5.0.0-15.3.1 v5.0.0-8.2.3 answers hold the fields that are documented and no others",
        arguments: TestEngine.allCases)
    func answersHoldTheDocumentedFields(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            for place in TestPlace.allCases { try await world.school(place).fill() }
            var count = 0
            var others: [String] = []
            for (operation, answer) in try await Self.answers(world) where answer.status < 300 {
                guard let schema = operation.answer else {
                    others.append(operation.route)
                    continue
                }
                count += 1
                let undocumented = Self.undocumented(answer.json, schema, world.description.document, at: "")
                #expect(undocumented == [], "\(answer)")
            }
            #expect(count > 25)
            // Lines, events, calendars and files: see the tests of the export, of the inbox and of calendars.
            #expect(
                Set(others) == [
                    "GET /api/v1/audit/export", "GET /api/v1/me/inbox/live", "GET /api/v1/bookings/live",
                    "GET /api/v1/bookings/{id}/calendar.ics",
                    "GET /api/v1/calendar-feeds/{file}", "GET /api/v1/sessions/export", "GET /api/v1/waitlist/export",
                    "GET /api/v1/exports/locations.csv", "GET /api/v1/exports/travel-times.csv",
                ])
        }
    }

    /// The places of members that the schema does not name.
    private static func undocumented(_ json: JSON, _ schema: JSON, _ document: JSON, at place: String) -> [String] {
        let schema = APIDescription.resolve(schema, document)
        if let forms = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            let found = forms.map { Self.undocumented(json, $0, document, at: place) }
            return found.min { $0.count < $1.count } ?? []
        }
        switch json {
        case .object(let object):
            if let map = schema["additionalProperties"], map.object != nil {
                return object.members.flatMap {
                    Self.undocumented($0.value, map, document, at: "\(place)/\($0.name)")
                }
            }
            return object.members.flatMap { member -> [String] in
                guard let known = schema["properties"]?[member.name] else {
                    return schema.object?.isEmpty == true ? [] : ["\(place)/\(member.name)"]
                }
                return Self.undocumented(member.value, known, document, at: "\(place)/\(member.name)")
            }
        case .array(let items):
            return items.enumerated().flatMap { index, item in
                Self.undocumented(item, schema["items"] ?? .object([:]), document, at: "\(place)/\(index)")
            }
        default: return []
        }
    }

    @Test(
        "v5.0.0-1.1.2 v5.0.0-1.2.1 v5.0.0-1.2.3 what people type changes the structure of no answer",
        arguments: TestEngine.allCases)
    func whatPeopleTypeChangesNoStructure(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let texts = [
                #"","role":"admin"#, "</script><script>alert(1)</script>", "a\r\nSet-Cookie: a=b", "\\\"}",
                "\u{2028}\u{2029}",
                "\u{1}\u{1F}\u{7F}", "🙈\u{202E}gnp.exe", "'; DROP TABLE x; --", "${jndi:ldap://x}", "{{7*7}}", "%s%n",
            ]
            for text in texts {
                let made = await admin.post(
                    "/api/v1/customers", ["givenName": .string(text), "familyName": .string("x\(text)")])
                guard made.status == 201 else {
                    #expect(made.status == 422, "\(made)")
                    continue
                }
                let shown = await admin.get("/api/v1/customers/\(made.json.id)")
                let documented = Set(made.json.object?.members.map(\.name) ?? [])
                #expect(documented.isSubset(of: ["id", "name", "email", "phone", "locale", "timeZone", "version"]))
                #expect(shown.json["name"]?.string?.contains(text) == true, "\(shown)")
                #expect(!shown.response.body.contains { $0 < 0x20 })
                #expect(!shown.response.headers.contains { $0.value.utf8.contains { $0 < 0x20 } })
            }
        }
    }
}
