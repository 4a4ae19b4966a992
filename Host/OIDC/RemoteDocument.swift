internal import AlmanacStorage

/// A document of somebody else's that is fetched when it is needed and remembered for a while.
///
/// However many want it at once, it is fetched once; and whatever they want, at most so often.
actor RemoteDocument<Value: Sendable> {
    /// Seconds for which it is good.
    private static var lifetime: Int64 { 3_600 }
    /// Seconds for which it is better than nothing, when it cannot be fetched.
    private static var usefulness: Int64 { 86_400 }
    /// Seconds between two fetches at least, whether they succeed or fail.
    static var pause: Int64 { 30 }

    private let clock: any WallClock
    private let fetch: @Sendable () async throws -> Value
    private var known: (value: Value, at: Instant)?
    private var failure: (any Error)?
    private var lastFetch: Instant?
    private var running: Task<Value, any Error>?

    init(clock: any WallClock, fetch: @escaping @Sendable () async throws -> Value) {
        self.clock = clock
        self.fetch = fetch
    }

    /// The document, fetched again when it is no longer good.
    func current() async throws -> Value {
        if let known = self.known, self.age(of: known.at) < Self.lifetime { return known.value }
        return try await self.renewed()
    }

    /// The document, fetched again unless that has just been tried.
    func renewed() async throws -> Value {
        if let running = self.running { return try await running.value }
        if let last = self.lastFetch, self.age(of: last) < Self.pause { return try self.remembered() }
        self.lastFetch = self.clock.now
        // A task of its own: who asked first may lose interest, the others wait on.
        let task = Task { try await self.run() }
        self.running = task
        return try await task.value
    }

    private func run() async throws -> Value {
        // Whatever becomes of it, the next one may fetch again.
        defer { self.running = nil }
        do {
            let value = try await self.fetch()
            self.known = (value, self.clock.now)
            self.failure = nil
            return value
        } catch {
            self.failure = error
            return try self.remembered()
        }
    }

    private func remembered() throws -> Value {
        if let known = self.known, self.age(of: known.at) < Self.usefulness { return known.value }
        throw self.failure ?? CancellationError()
    }

    /// Seconds since an instant; a clock that was set back makes everything old.
    private func age(of instant: Instant) -> Int64 {
        let microseconds = self.clock.now.microseconds(since: instant)
        return microseconds < 0 ? .max : microseconds / 1_000_000
    }
}
