import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// API keys for one permission each: whichever permissions operations ask for, one key for each of them.
struct SingleScopeKeyTests {
    /// The operations that are not refused to a client on account of who calls.
    private static func opened(
        _ requests: [(operation: DocumentedOperation, request: MatrixRequest)], to client: APIClient
    ) async -> Set<String> {
        var opened: Set<String> = []
        for (operation, request) in requests {
            let status = await request.send(client).status
            if ![401, 403].contains(status) { opened.insert(operation.route) }
        }
        return opened
    }

    /// What operations ask for besides the permission that they name: who may not see a thing may not change it either.
    private static let besides: [String: String] = [
        "POST /api/v1/bookings/{id}/cancel": "bookings:read",
        "POST /api/v1/bookings/{id}/reschedule": "bookings:read",
        "POST /api/v1/bookings/{id}/approve": "bookings:read",
        "POST /api/v1/bookings/{id}/reject": "bookings:read",
        "POST /api/v1/bookings/{id}/start": "bookings:read",
        "POST /api/v1/bookings/{id}/complete": "bookings:read",
        "POST /api/v1/bookings/{id}/no-show": "bookings:read",
        "PUT /api/v1/bookings/{id}/answers": "bookings:read",
        "POST /api/v1/bookings/{id}/attendees": "bookings:read",
        "DELETE /api/v1/bookings/{id}/attendees/{attendee}": "bookings:read",
        "POST /api/v1/bookings/{id}/guest-access": "bookings:read",
        "POST /api/v1/bookings/{id}/guest-email": "bookings:read",
        "POST /api/v1/bookings/{id}/review": "bookings:read",
        "PUT /api/v1/bookings/{id}/review": "bookings:read",
        "PUT /api/v1/bookings/{id}/review/reply": "bookings:read",
        "POST /api/v1/bookings/{id}/review/hide": "bookings:read",
        "POST /api/v1/bookings/{id}/review/show": "bookings:read",
        "POST /api/v1/booking-series/{id}/cancel": "bookings:read",
        "POST /api/v1/booking-series/{id}/reschedule": "bookings:read",
        "DELETE /api/v1/waitlist/{id}": "waitlist:read",
        "POST /api/v1/waitlist/{id}/accept": "waitlist:read",
        "POST /api/v1/waitlist/{id}/decline": "waitlist:read",
        "PUT /api/v1/waitlist/{id}/priority": "waitlist:read",
        "POST /api/v1/guest-waitlist/{id}/accept": "waitlist:read",
        "POST /api/v1/customers": "customers:read",
        "GET /api/v1/access/explain": "users:read",
    ]

    private static func key(_ scopes: [String], of owner: Newcomer, in school: MatrixSchool) async throws -> APIClient {
        let made = try await school.apiKey(of: owner, scopes: scopes)
        var client = school.api
        client.headers.append(("Authorization", "Bearer \(made["key"]?.string ?? "")"))
        return client
    }

    @Test(
        "v5.0.0-8.2.1 a key for one permission opens what asks for this permission, and nothing else",
        arguments: TestEngine.allCases)
    func opensWhatAsksForItsPermission(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let school = try world.school()
            let admin = try await school.known(.admin)
            let operations = world.description.operations.filter { !$0.isPublic }
            // On objects that have never been, so that nothing is used up: who is refused is refused before that shows.
            var requests: [(operation: DocumentedOperation, request: MatrixRequest)] = []
            for operation in operations {
                let recipe = try Recipe.of(operation, Recipe.all)
                let object = recipe.kind?.nobody ?? SampleInput.nobody
                requests.append(
                    (operation, try await MatrixRequest(operation, recipe, on: object, in: school, world.sample)))
            }
            let personal = Set(KernelPermissions.personal.map(\.name))
            let permissions = Set(operations.compactMap(\.permission))
            let all = await Self.opened(requests, to: try await Self.key(["*"], of: admin, in: school))
            // Besides what asks for a permission, a key of any kind may do what every user may, as far as programs may.
            let common = Set(operations.filter { $0.permission == nil }.map(\.route)).intersection(all)
            #expect(permissions.subtracting(personal).count > 5)
            #expect(!permissions.isDisjoint(with: personal))

            for permission in permissions.sorted() {
                let asking = Set(operations.filter { $0.permission == permission }.map(\.route))
                if personal.contains(permission) {
                    let refused = await admin.client.post(
                        "/api/v1/api-keys", ["name": "x", "scopes": [.string(permission)]])
                    #expect(refused.code == "scopes_refused", "\(permission)")
                    #expect(all.isDisjoint(with: asking), "\(permission)")
                } else {
                    let client = try await Self.key([permission], of: admin, in: school)
                    let opened = await Self.opened(requests, to: client)
                    let expected = asking.filter { Self.besides[$0] == nil }.union(common)
                        .subtracting(Recipe.aboutDeployment)
                    #expect(opened.subtracting(expected).sorted() == [], "\(permission) opens more")
                    #expect(expected.subtracting(opened).sorted() == [], "\(permission) opens less")
                    for route in asking {
                        guard let other = Self.besides[route] else { continue }
                        let both = try await Self.key([permission, other], of: admin, in: school)
                        let answer = await Self.opened(requests.filter { $0.operation.route == route }, to: both)
                        #expect(answer == [route], "\(permission) and \(other) do not open it")
                    }
                }
            }
        }
    }
}
