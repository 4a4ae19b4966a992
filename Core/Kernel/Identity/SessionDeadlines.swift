internal import AlmanacStorage

/// When the tokens of a session stop working.
struct SessionDeadlines: Sendable, Equatable {
    /// When the access token does.
    let access: Instant
    /// When the refresh token does, unless it is exchanged before.
    let refresh: Instant
    /// When the session as a whole does; renewing it moves the others, never this one.
    let session: Instant

    /// Those of a session that begins now.
    init(beginningAt now: Instant, _ policy: Identity.Policy) {
        self.init(issuedAt: now, within: now.adding(seconds: policy.absoluteSeconds), policy)
    }

    /// Those of tokens that are issued now in a session that ends at `end`.
    init(issuedAt now: Instant, within end: Instant, _ policy: Identity.Policy) {
        self.session = end
        self.refresh = min(now.adding(seconds: policy.idleSeconds), end)
        // No token outlives the session that it stands for.
        self.access = min(now.adding(seconds: policy.accessSeconds), self.refresh)
    }
}
