public import AlmanacStorage

extension Identity {
    /// Makes, lists and revokes API keys.
    package nonisolated var apiKeys: APIKeys {
        APIKeys(database: self.database, random: self.random, cache: self.cache)
    }

    /// The user and organization of an API key, with what the key may do; `nil` when it is unknown, expired or revoked.
    ///
    /// What the owner may do is looked up anew: a role that was taken away is taken from the key too. Answers from
    /// memory for up to a second; see ``PrincipalCache``.
    public nonisolated func principal(for token: APIKeyToken) async throws -> (OrganizationID, SignedInUser)? {
        let digest = token.digest
        let now = self.database.clock.now
        if let known = self.cache.find(digest, at: now) { return (known.organization, known.user.at(now)) }
        let epoch = self.cache.currentEpoch
        let loader = self.loader
        let found = try await self.database.read(in: .system(SystemScope("who an API key belongs to"))) { tx in
            try APIKeyOwner.find(digest, loader, tx)
        }
        guard let found, now < found.entry.expiresAt, let key = found.entry.user.apiKey else { return nil }
        self.cache.remember(found.entry, for: digest, readAt: epoch)
        self.keyActivity.note(key, of: found.entry.organization, lastSeenAt: found.lastUsedAt, at: now)
        return (found.entry.organization, found.entry.user)
    }
}
