import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// Requests that no client of good will sends, to every operation there is.
struct HostileInputTests {
    // MARK: Methods

    @Test("v5.0.0-4.1.4 a path answers the methods that are published, and no header changes that")
    func aPathAnswersThePublishedMethods() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            let paths = Dictionary(grouping: world.description.operations, by: \.path)
            for operations in paths.values {
                let request = try await world.request(operations[0])
                let methods = Set(operations.map(\.method))
                let others = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "G"]
                for method in others where !methods.contains(method) {
                    let answer = await admin.send(method, request.target, json: request.body, headers: request.headers)
                    #expect(answer.status == 405, "\(answer)")
                    let allowed = Set(
                        (answer.response.header("allow") ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
                    #expect(allowed.subtracting(["HEAD", "OPTIONS"]) == methods, "\(answer.response.headers)")
                }
                guard !methods.contains("DELETE") else { continue }
                for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
                    let target = request.target + (request.target.contains("?") ? "&" : "?") + "_method=DELETE"
                    _ = await admin.send("POST", target, headers: [(name, "DELETE")])
                    let plain = await admin.send("GET", request.target)
                    let get = await admin.send("GET", request.target, headers: [(name, "DELETE")])
                    #expect(get.status == plain.status, "\(get)")
                    #expect(methods.contains("GET") == (get.status != 405), "\(get)")
                }
            }
        }
    }

    @Test("v5.0.0-3.5.3 HEAD and OPTIONS change nothing")
    func safeMethodsChangeNothing() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            var requests: [MatrixRequest] = []
            for operation in world.description.operations { requests.append(try await world.request(operation)) }
            let footprints = try await Footprint.Taker(world.platform)
            let before = try await footprints.take()

            for request in requests {
                for method in ["HEAD", "OPTIONS"] {
                    let answer = await admin.send(method, request.target, json: request.body, headers: request.headers)
                    #expect(answer.status < 500)
                    #expect(answer.response.body.isEmpty || answer.status >= 400, "\(answer)")
                }
            }
            let after = try await footprints.take()
            #expect(after.changes(since: before) == [])
        }
    }

    // MARK: Bodies

    /// Bodies that are no JSON, or none that is accepted.
    private static let notJSON: [(name: String, bytes: [UInt8])] = [
        ("nothing but space", Array("  ".utf8)), ("half an object", Array("{".utf8)),
        ("two documents", Array("{}{}".utf8)), ("a comma too many", Array(#"{"a":1,}"#.utf8)),
        ("a comment", Array("{} // x".utf8)), ("single quotes", Array("{'a':1}".utf8)),
        ("the same name twice", Array(#"{"a":1,"a":2}"#.utf8)),
        ("the same name twice, once escaped", Array(#"{"a":1,"\u0061":2}"#.utf8)),
        ("deep arrays", Array(String(repeating: "[", count: 100_000).utf8)),
        ("deep objects", Array(String(repeating: #"{"a":"#, count: 50_000).utf8)),
        ("U+0000 escaped", Array(#"{"a":"\u0000"}"#.utf8)), ("U+0000", [0x7B, 0x22, 0x00, 0x22, 0x3A, 0x31, 0x7D]),
        ("half a surrogate pair", Array(#"{"a":"\ud800"}"#.utf8)),
        ("the other half", Array(#"{"a":"\udc00\ud800"}"#.utf8)),
        ("a surrogate in UTF-8", Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8)),
        ("too long a form in UTF-8", Array(#"{"a":""#.utf8) + [0xC0, 0xAF] + Array(#""}"#.utf8)),
        ("bytes that are no UTF-8", Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
        ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        ("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]), ("not a number", Array(#"{"a":NaN}"#.utf8)),
        ("infinity", Array(#"{"a":-Infinity}"#.utf8)), ("a leading zero", Array(#"{"a":01}"#.utf8)),
        ("hexadecimal", Array(#"{"a":0x10}"#.utf8)), ("a line feed in a text", Array("{\"a\":\"\n\"}".utf8)),
        ("XML", Array("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>".utf8)),
    ]

    @Test("v5.0.0-1.5.2 v5.0.0-1.5.3 what is not strict JSON is refused by every operation")
    func whatIsNotStrictJSONIsRefused() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            for operation in world.description.operations where operation.body != nil {
                let request = try await world.request(operation)
                let headers = request.headers + [("Content-Type", "application/json")]
                for (name, bytes) in Self.notJSON {
                    let answer = await admin.send(request.method, request.target, body: bytes, headers: headers)
                    #expect(answer.status == 400, "\(name): \(answer)")
                    #expect(answer.code == "invalid_json", "\(name): \(answer)")
                }
            }
        }
    }

    @Test("v5.0.0-15.3.5 a value of another type is refused, never converted")
    func valuesOfAnotherTypeAreRefused() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            let wrong: [JSON] = [[], [[:]], [:], ["$ne": .null], true, 1, -1, 0.5, 1e300, "0", .null]
            for operation in world.description.operations {
                for (name, schema) in operation.body?["properties"]?.object?.members.map({ ($0.name, $0.value) }) ?? []
                {
                    let schema = APIDescription.resolve(schema, world.description.document)
                    for value in wrong where !Self.fits(value, schema) {
                        let request = try await world.request(operation)
                        let body = (request.body ?? .object([:])).with(name, value)
                        let answer = await admin.send(
                            request.method, request.target, json: body, headers: request.headers)
                        #expect(answer.status == 422, "\(name) = \(value): \(answer)")
                    }
                }
            }
        }
    }

    /// Whether the schema's types, its formats aside, allow a value.
    private static func fits(_ value: JSON, _ schema: JSON) -> Bool {
        if let forms = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            return forms.contains { Self.fits(value, $0) }
        }
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? "object"]
        switch value {
        case .null: return types.contains("null")
        case .bool: return types.contains("boolean")
        case .number: return types.contains("number") || (types.contains("integer") && value.int != nil)
        case .string: return types.contains("string")
        case .array: return types.contains("array")
        case .object: return types.contains("object")
        }
    }

    @Test("v5.0.0-4.1.1 a body of another media type is refused")
    func bodiesOfAnotherMediaTypeAreRefused() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            let types = [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
                "text/json", "application/jsonp", "", "application/json-seq",
            ]
            for operation in world.description.operations where operation.body != nil {
                let request = try await world.request(operation)
                for type in types {
                    let answer = await admin.send(
                        request.method, request.target, body: (request.body ?? .object([:])).serialized,
                        headers: request.headers + [("Content-Type", type)])
                    #expect(answer.status == 415, "\(type): \(answer)")
                }
            }
        }
    }

    // MARK: Paths and queries

    @Test(
        "v5.0.0-1.2.4 v5.0.0-2.2.1 odd texts in paths and queries are refused or found nowhere",
        arguments: TestEngine.allCases)
    func oddTextsAreRefusedOrFoundNowhere(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let odd = [
                "'%20OR%20'1'='1", "1;DROP%20TABLE%20kernel.session", "%00", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "%ff",
                "%ED%A0%80", "%", "%2", "*", "%25", "_", "null", "-1", "0", "1e9", "%0d%0aSet-Cookie:%20a=b",
                "%F0%9F%92%A9", String(repeating: "9", count: 5_000), "%7B%22$ne%22:1%7D", "%3Cscript%3E", "a%20b",
                "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            ]
            for operation in world.description.operations {
                let request = try await world.request(operation)
                for text in odd {
                    var targets: [String] = []
                    if operation.path.contains("{") {
                        targets.append(Self.path(operation, text))
                    }
                    let base = request.target + (request.target.contains("?") ? "&" : "?")
                    // The request names what it has to; so only what it leaves out can be added.
                    targets += operation.parameters(in: "query").filter { !request.target.contains("\($0.name)=") }.map
                    {
                        "\(base)\($0.name)=\(text)"
                    }
                    for target in targets {
                        let answer = await admin.send(
                            request.method, target, json: request.body, headers: request.headers)
                        let isFine =
                            [400, 404, 422].contains(answer.status) || (operation.isRead && answer.status == 200)
                            || (Recipe.aboutDeployment.contains(operation.route) && answer.status == 403)
                        #expect(isFine, "\(answer)")
                        for header in answer.response.headers { #expect(!header.value.contains("\r")) }
                    }
                }
            }
        }
    }

    private static func path(_ operation: DocumentedOperation, _ text: String) -> String {
        operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "/\(text)" : "/\($0)" }.joined()
    }

    @Test("v5.0.0-1.1.1 a path is decoded once")
    func aPathIsDecodedOnce() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            #expect(await admin.get("/api/v1/%6de").status == 200)
            for path in [
                "/api/v1/%256de", "/api/v1//me", "/api/v1/me/", "/api/v1/./me", "/api/v1/x/../me", "/api/v1/%2e/me",
                "/api/v1%2Fme", "/api%2fv1/me", "/API/V1/ME", "//api/v1/me", "/api/v1/me;a=b", "/api/v1/me%00",
                "/api/v1/me%20", "\\api\\v1\\me", "api/v1/me", "", "http://other/api/v1/me",
            ] {
                let status = await admin.get(path).status
                #expect(status == 404 || status == 400, "\(path): \(status)")
            }
        }
    }
}
