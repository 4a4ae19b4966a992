internal import AlmanacStorage

extension Identity {
    /// How long sessions last.
    ///
    /// A session ends when it has not been renewed for ``idleSeconds``, and at the latest ``absoluteSeconds`` after
    /// signing in; then the user signs in again.
    public struct Policy: Sendable {
        /// Seconds for which an access token works: how long a stolen one is of use.
        public var accessSeconds: Int64
        /// Seconds without renewal after which a session ends.
        public var idleSeconds: Int64
        /// Seconds from signing in to the end, however often the session is renewed.
        public var absoluteSeconds: Int64

        /// Describes a policy; an hour, 30 days and 90 days unless told otherwise.
        public init(
            accessSeconds: Int64 = 3_600, idleSeconds: Int64 = 30 * 86_400, absoluteSeconds: Int64 = 90 * 86_400
        ) {
            self.accessSeconds = accessSeconds
            self.idleSeconds = idleSeconds
            self.absoluteSeconds = absoluteSeconds
        }
    }
}

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
