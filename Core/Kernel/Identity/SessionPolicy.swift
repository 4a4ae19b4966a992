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
