import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// Who may not do something learns nothing about what else is wrong with their request.
struct StrangerTests {
    /// A request whose every part is wrong.
    private static func spoiled(_ request: MatrixRequest, _ variant: Int, _ client: APIClient) async -> APIAnswer {
        let type = (name: "Content-Type", value: variant == 3 ? "text/plain" : "application/json")
        let bodies = ["{", #"{"nonsense": true}"#, "", "x", "[]"]
        let hasBody = request.body != nil
        return await client.send(
            request.method, request.target + (hasBody ? "" : (request.target.contains("?") ? "&" : "?") + "nonsense=1"),
            body: hasBody ? Array(bodies[variant].utf8) : [],
            headers: [
                type, ("If-Match", variant == 0 ? "nonsense" : "\"1\""), ("Idempotency-Key", "\u{E9}"),
                ("If-None-Match", "nonsense"),
            ])
    }

    @Test("v5.0.0-8.2.1 access is asked before anything is said about the input", arguments: TestEngine.allCases)
    func accessIsAskedFirst(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let anonymous = world.client()
            let customer = try await world.client(as: .customer)
            let held =
                try await customer.get("/api/v1/me").expect(200)["permissions"]?.array?.compactMap(\.string) ?? []
            var refused = 0
            for operation in world.description.operations where !operation.isPublic {
                let request = try await world.request(operation)
                // How far a permission reaches is a question about the object, which has to be understood first.
                let lacks = operation.permission.map { !held.contains($0) } ?? false
                for (client, status) in [(anonymous, 401)] + (lacks ? [(customer, 403)] : []) {
                    let plain = await request.send(client)
                    #expect(plain.status == status, "\(plain)")
                    refused += 1
                    let essence = Indistinguishable.essence(plain, without: SampleInput.nobody)
                    for variant in 0..<5 {
                        let answer = await Self.spoiled(request, variant, client)
                        #expect(Indistinguishable.essence(answer, without: SampleInput.nobody) == essence, "\(answer)")
                    }
                }
            }
            #expect(refused > 30)
        }
    }

    @Test(
        "v5.0.0-8.3.1 every operation that is not public turns strangers away",
        arguments: [
            "", "Bearer", "Bearer ", "Basic YWRtaW46YWRtaW4=", "Bearer null", "Bearer almanac_", "bearer almanac_x",
            "Bearer almanac_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Digest username=\"admin\"",
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
        ])
    func strangersAreTurnedAway(_ authorization: String) async throws {
        try await withSecurityWorld(.sqlite) { world in
            var client = world.client()
            client.headers.append(("Authorization", authorization))
            for operation in world.description.operations where !operation.isPublic {
                let answer = await (try await world.request(operation)).send(client)
                #expect(answer.status == 401, "\(answer)")
                #expect(answer.response.header("www-authenticate")?.hasPrefix("Bearer") == true, "\(answer)")
            }
        }
    }
}
