import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What belongs to one organization or one user, shown by another: tokens, cursors, idempotency keys.
struct ForeignContextTests {
    @Test("v5.0.0-8.4.1 a token works in its own organization only", arguments: TestEngine.allCases)
    func aTokenWorksInItsOwnOrganizationOnly(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            var client = try await world.client(as: .admin)
            let own = client.headers
            for operation in world.description.operations {
                let request = try await world.request(operation)
                var answers: [String] = []
                for name in [TestPlace.south.slug, "nobody-at-all"] {
                    client.headers = own.filter { $0.name != "Almanac-Organization" }
                    client.headers.append(("Almanac-Organization", name))
                    let answer = await request.send(client)
                    #expect(answer.status == 403 || operation.isPublic, "\(answer)")
                    // Signing in and out, and the address of a feed, prove by other secrets who asks.
                    let isProven = operation.path.hasPrefix("/api/v1/auth/") || operation.isAddressedBySecret
                    #expect(answer.status >= 400 || isProven, "\(answer)")
                    answers.append(Indistinguishable.essence(answer, without: name))
                }
                #expect(
                    operation.isPublic || answers[0] == answers[1], "\(operation.route) tells which organizations exist"
                )
            }
        }
    }

    @Test("v5.0.0-8.4.1 a cursor of another organization is refused", arguments: TestEngine.allCases)
    func aCursorOfAnotherOrganizationIsRefused(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let north = try await world.client(as: .admin)
            let south = try await world.client(as: .admin, in: .south)
            for place in TestPlace.allCases {
                for _ in 0..<3 { try await world.school(place).fill() }
            }
            for operation in world.description.operations where operation.isPaged {
                let cursor = try await Self.cursor(operation, at: world.path(ofList: operation, in: .south), south)
                let path = try await world.path(ofList: operation)
                let own = try await Self.cursor(operation, at: path, north)

                try await north.get("\(path)?after=\(own)").expect(200)
                let answer = await north.get("\(path)?after=\(cursor)")
                #expect(answer.status == 422 && answer.fieldErrors == ["/after cursor"], "\(answer)")
            }
        }
    }

    @Test("v5.0.0-8.2.2 a cursor of another user shows nothing of theirs", arguments: TestEngine.allCases)
    func aCursorOfAnotherUserShowsNothing(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let customer = try await world.client(as: .customer)
            for _ in 0..<3 { try await world.school().fill() }
            for operation in world.description.operations where operation.isPaged {
                let path = try await world.path(ofList: operation)
                let cursor = try await Self.cursor(operation, at: path, admin)
                let whole = await customer.get("\(path)?limit=200")
                let answer = await customer.get("\(path)?limit=200&after=\(cursor)")

                #expect(answer.status == whole.status, "\(answer)")
                let own = Set((whole.json["items"]?.array ?? []).map(\.id))
                let shown = (answer.json["items"]?.array ?? []).map(\.id)
                #expect(shown.allSatisfy { own.contains($0) }, "\(operation.route) shows what is not the caller's")
            }
        }
    }

    /// Where the second page of a list begins.
    private static func cursor(
        _ operation: DocumentedOperation, at path: String, _ client: APIClient
    ) async throws -> String {
        let page = try await client.get("\(path)?limit=1").expect(200)
        return try #require(page["next"]?.string, "\(operation.route) has one page only")
    }

    @Test("a cursor that was changed, is another list's or of another filter is refused")
    func aCursorThatWasChangedIsRefused() async throws {
        try await withSecurityWorld(.sqlite) { world in
            let admin = try await world.client(as: .admin)
            for _ in 0..<2 { try await world.school().fill() }
            var cursors: [(operation: DocumentedOperation, path: String, cursor: String)] = []
            for operation in world.description.operations where operation.isPaged {
                let path = try await world.path(ofList: operation)
                cursors.append((operation, path, try await Self.cursor(operation, at: path, admin)))
            }
            #expect(cursors.count > 10)
            for (operation, path, cursor) in cursors {
                var wrong = cursors.filter { $0.path != path }.map { "after=\($0.cursor)" }
                wrong += [cursor + "A", String(cursor.dropLast()), "A" + cursor, "e30", "..%2F..%2Fetc"].map {
                    "after=\($0)"
                }
                wrong += operation.parameters(in: "query").filter { !["limit", "after"].contains($0.name) }.map {
                    "after=\(cursor)&\($0.name)=\(world.sample.value($0.schema, named: $0.name).string ?? "")"
                }
                for query in wrong {
                    let answer = await admin.get("\(path)?\(query)")
                    #expect(answer.status == 422 && answer.fieldErrors.contains("/after cursor"), "\(answer)")
                }
                #expect(await admin.get("\(path)?after=%00").status == 400)
            }
        }
    }

    @Test("v5.0.0-8.2.2 an idempotency key gives nobody another one's answer", arguments: TestEngine.allCases)
    func anIdempotencyKeyGivesNobodyAnotherOnesAnswer(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let school = try world.school()
            let body: JSON = [
                "eventType": .string(school.lesson), "provider": .string(school.second),
                "start": .string(await school.freeStart()),
            ]
            let first = try await world.client(as: .customer).post("/api/v1/bookings", body, key: "a-key")
            let made = try first.expect(201)
            let again = try await world.client(as: .customer).post("/api/v1/bookings", body, key: "a-key")
            #expect(again.json.id == made.id)

            let other = try await world.client(as: .otherCustomer).post("/api/v1/bookings", body, key: "a-key")
            try other.expect(409, code: "slot_taken")
            #expect(other.response.header("idempotency-replayed") == nil)
            let elsewhere = try await world.client(as: .customer, in: .south).post(
                "/api/v1/bookings", body, key: "a-key")
            #expect(elsewhere.status == 422, "\(elsewhere)")
            #expect(elsewhere.response.header("idempotency-replayed") == nil)
        }
    }

    @Test("an address that belongs to a user gives nobody that user's place", arguments: TestEngine.allCases)
    func anAddressGivesNobodyAUsersPlace(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let customer = try await world.client(as: .customer)
            let before = try await customer.get("/api/v1/me").expect(200)

            let input: JSON = ["givenName": "", "familyName": "Somebody", "email": .string(TestMember.customer.email)]
            let made = try await admin.post("/api/v1/customers", input).expect(201)
            let provider = await admin.post("/api/v1/providers", input.with("givenName", "Some"))
            #expect(provider.status == 201 || provider.status == 409, "\(provider)")

            #expect(try await customer.get("/api/v1/me").expect(200) == before)
            #expect(try await world.client(as: .customer).get("/api/v1/me").expect(200) == before)
            #expect(await customer.get("/api/v1/customers/\(made.id)").status == 404)
            #expect(await customer.get("/api/v1/blocked-times").status == 403)
        }
    }

    @Test("signing out by a refresh token of another organization ends nothing", arguments: TestEngine.allCases)
    func signingOutElsewhereEndsNothing(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let session = try await world.school(.south).session(of: .customer)
            let body: JSON = ["refreshToken": .string(session.refreshToken)]

            try await world.client(in: .north).post("/api/v1/auth/logout", body).expect(200)

            try await session.client.get("/api/v1/me").expect(200)
            try await world.client(in: .south).post("/api/v1/auth/refresh", body).expect(200)
        }
    }
}
