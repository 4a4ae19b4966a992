import AlmanacStorage
import AlmanacTestKit
import Testing

/// Fields that would give somebody more than the operation is for: refused by every operation, those to come included.
struct PrivilegedFieldTests {
    /// What has been slipped into requests elsewhere.
    private static let fields = [
        "role", "roles", "permissions", "scope", "isAdmin", "admin", "organization", "organizationId",
        "organization_id", "tenant", "user", "userId", "user_id", "owner", "ownerId", "createdBy", "created_by",
        "createdAt", "version", "status", "isActive", "emailVerified", "email_verified", "passwordHash", "token",
        "__proto__", "constructor",
    ]

    @Test("v5.0.0-15.3.3 no operation takes a field that it does not name", arguments: TestEngine.allCases)
    func noOperationTakesAFieldThatItDoesNotName(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            var requests: [(DocumentedOperation, MatrixRequest)] = []
            for operation in world.description.operations {
                requests.append((operation, try await world.request(operation)))
            }
            let footprints = try await Footprint.Taker(world.platform)
            let before = try await footprints.take()

            for (operation, request) in requests {
                let slipped = Self.fields.filter { !operation.fields.contains($0) }
                let answer: APIAnswer
                if operation.body != nil || !operation.takesQuery {
                    let body = slipped.reduce(request.body ?? .object([:])) { $0.with($1, "admin") }
                    answer = await admin.send(request.method, request.target, json: body, headers: request.headers)
                } else {
                    let more = slipped.map { "\($0)=admin" }.joined(separator: "&")
                    let target = request.target + (request.target.contains("?") ? "&" : "?") + more
                    answer = await admin.send(request.method, target, headers: request.headers)
                }

                #expect(answer.status == 422, "\(answer)")
                let refused = Set(answer.fieldErrors)
                for field in slipped {
                    #expect(refused.contains("/\(field) unknown_field"), "\(operation.route) takes \(field): \(answer)")
                }
            }
            let after = try await footprints.take()
            #expect(after.changes(since: before) == [])
        }
    }

    @Test("v5.0.0-15.3.7 what the path names cannot be named again in the body")
    func whatThePathNamesCannotBeNamedAgain() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            for operation in world.description.operations where operation.body != nil {
                for parameter in operation.parameters(in: "path") {
                    let request = try await world.request(operation)
                    let body = (request.body ?? .object([:])).with(parameter.name, .string(SampleInput.nobody))
                    let answer = await admin.send(
                        request.method, request.target, json: body, headers: request.headers)

                    #expect(answer.fieldErrors.contains("/\(parameter.name) conflict"), "\(answer)")
                }
            }
        }
    }

    @Test("v5.0.0-15.3.7 a parameter that comes twice is refused, and the query does not reach into bodies")
    func parametersThatComeTwiceAreRefused() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            for _ in 0..<3 { try await world.school().fill() }
            for operation in world.description.operations {
                let request = try await world.request(operation)
                guard operation.body == nil else {
                    let answer = await admin.send(
                        request.method, request.target + "?notes=x", json: request.body, headers: request.headers)
                    #expect(answer.status == 422, "\(answer)")
                    continue
                }
                for parameter in operation.parameters(in: "query") where parameter.schema["type"]?.string != "array" {
                    let value = world.sample.value(parameter.schema, named: parameter.name)
                    var text = value.string ?? value.text
                    // What is no cursor is refused as such, before anything else is looked at.
                    if parameter.name == "after" {
                        guard operation.isPaged else { continue }
                        let list = try await world.path(ofList: operation)
                        text = try await admin.get("\(list)?limit=1").expect(200)["next"]?.string ?? ""
                    }
                    let pair = "\(parameter.name)=\(text)"
                    let target = request.target + (request.target.contains("?") ? "&" : "?") + "\(pair)&\(pair)"
                    let answer = await admin.send(request.method, target, headers: request.headers)
                    #expect(answer.fieldErrors.contains("/\(parameter.name) repeated"), "\(answer)")
                }
            }
        }
    }
}
