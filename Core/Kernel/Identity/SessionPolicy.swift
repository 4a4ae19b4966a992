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
        /// How many sessions a user may have in an organization at a time, at least one; the oldest ends for a new one.
        public var maximumSessions: Int

        /// Describes a policy; an hour, 30 days and 90 days, and 50 sessions, unless told otherwise.
        public init(
            accessSeconds: Int64 = 3_600, idleSeconds: Int64 = 30 * 86_400, absoluteSeconds: Int64 = 90 * 86_400,
            maximumSessions: Int = 50
        ) {
            self.accessSeconds = accessSeconds
            self.idleSeconds = idleSeconds
            self.absoluteSeconds = absoluteSeconds
            self.maximumSessions = maximumSessions
        }
    }
}
