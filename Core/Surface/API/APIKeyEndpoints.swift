internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which users manage the keys of their programs.
enum APIKeyEndpoints {
    static func all(_ keys: APIKeys) -> [Endpoint] {
        [
            self.create(keys),
            Endpoint.get(
                "/api-keys", self.list(keys),
                "Lists the caller's API keys, the latest first; with api-keys:manage those of the organization"
            ).inProduct(),
            Endpoint.delete("/api-keys/{id}", self.revoke(keys), "Revokes an API key").inProduct(),
        ]
    }

    struct KeyView: Codable, Sendable {
        let id: ID<APIKey>
        let user: ID<User>
        let name: String
        let scopes: [String]
        let hint: String
        let createdAt: Instant
        let expiresAt: Instant
        let lastUsedAt: Instant?

        init(_ key: APIKey) {
            self.id = key.id
            self.user = key.user
            self.name = key.name
            self.scopes = key.scopes
            self.hint = key.hint
            self.createdAt = key.createdAt
            self.expiresAt = key.expiresAt
            self.lastUsedAt = key.lastUsedAt
        }
    }

    // MARK: Making

    struct CreateKey: APIInput {
        let name: String
        let scopes: [String]
        let expiresInDays: Int

        static let constraints: [String: Constraint] = [
            "name": .text(1...100, "What the key is for."),
            "scopes": .items(
                1...100, length: 1...121,
                "What the key may do, no more than the caller may: `bookings:create`, `bookings:*`, `*:read` or `*`."),
            "expiresInDays": .integer(1...365, default: 90, "After how many days the key stops working."),
        ]
    }

    struct CreatedKey: Codable, Sendable {
        let key: String
        let apiKey: KeyView
    }

    private static func create(_ keys: APIKeys) -> Endpoint {
        Endpoint(
            procedure: "kernel.api-keys.create", .post, "/api-keys", status: 201,
            "Makes an API key and shows it, once: `almanac_key_`, 43 characters of base 62 and their CRC-32 in 6 more; "
                + "for secret scanners: almanac_key_[0-9A-Za-z]{49}",
            access: .signedIn, problems: [409]
        ) { (input: CreateKey, call: Call) in
            let issued = try await keys.create(
                APIKeys.Draft(name: input.name, scopes: input.scopes, days: input.expiresInDays), call)
            return CreatedKey(key: issued.token.reveal(), apiKey: KeyView(issued.key))
        }
    }

    // MARK: Listing and revoking

    private static func list(_ keys: APIKeys) -> Query<PageInput, Page<KeyView>> {
        Query("kernel.api-keys.list", .signedIn) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "api-keys", keys: 1) }
            let found = try keys.list(after: cursor, limit: input.limit + 1, in: tx)
            return Page(found.map { KeyView($0) }, limit: input.limit) {
                Cursor(list: "api-keys", keys: [$0.id.sqlValue])
            }
        }
    }

    struct KeyByID: APIInput {
        let id: ID<APIKey>
    }

    private static func revoke(_ keys: APIKeys) -> Command<KeyByID, Nothing> {
        Command("kernel.api-keys.revoke", .signedIn) { input, _, tx in
            try keys.revoke(input.id, in: tx)
            return Nothing()
        }
    }
}
