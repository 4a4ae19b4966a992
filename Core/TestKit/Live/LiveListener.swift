internal import AlmanacKernel
internal import AlmanacSurface

/// Listens to a live endpoint in memory.
///
/// ```swift
/// let listener = try await client.listen("/api/v1/ext/reviews/reviews/live")
/// #expect(try await listener.next()?.name == "unread")
/// ```
/// It waits for what does not come: give such tests a limit of time.
public actor LiveListener {
    /// The answer, without what is sent.
    public nonisolated let answer: APIAnswer
    private let stream: LiveStream?
    private var parser = LiveParser()
    private var waiting: [LiveMessage] = []
    /// How many events each piece held that has come so far.
    public private(set) var pieces: [Int] = []
    /// Whether there will be nothing more.
    public private(set) var hasEnded = false

    init(_ answer: APIAnswer) {
        self.answer = answer
        self.stream = answer.response.live
    }

    /// How many comments have come so far.
    public var comments: Int { self.parser.comments }
    /// How long the stream asks to wait before connecting again, in milliseconds.
    public var retryMilliseconds: Int? { self.parser.retryMilliseconds }

    /// The next event; waits until one comes.
    ///
    /// - Returns: `nil` when the stream has ended.
    public func next() async -> LiveMessage? {
        while self.waiting.isEmpty { guard await self.pull() else { return nil } }
        return self.waiting.removeFirst()
    }

    /// So many events, or fewer when the stream ends before.
    public func next(_ count: Int) async -> [LiveMessage] {
        var found: [LiveMessage] = []
        while found.count < count, let next = await self.next() { found.append(next) }
        return found
    }

    /// Everything until the stream ends.
    public func rest() async -> [LiveMessage] { await self.next(.max) }

    /// Takes one piece: also one that holds no event.
    ///
    /// - Returns: `false` when the stream has ended.
    @discardableResult
    public func pull() async -> Bool {
        guard !self.hasEnded, let piece = await self.stream?.next() else {
            self.hasEnded = true
            return false
        }
        let found = self.parser.feed(piece)
        self.waiting += found
        self.pieces.append(found.count)
        return true
    }

    /// Stops listening, as when a connection breaks.
    public nonisolated func leave() { self.stream?.leave() }
}

extension APIClient {
    /// Listens to a live endpoint.
    ///
    /// - Parameters:
    ///   - target: Path and query.
    ///   - position: The `id` of the last event that was seen, to be sent as `Last-Event-ID`.
    /// - Returns: The listener, also when the answer is none that goes on.
    public func listen(_ target: String, after position: String? = nil) async -> LiveListener {
        LiveListener(
            await self.send("GET", target, headers: position.map { [(name: "Last-Event-ID", value: $0)] } ?? []))
    }
}

extension TestPlatform {
    /// Lets everybody who listens look at the time, as hosts do twice a second.
    public func tick() { self.runtime.live.tick() }

    /// Looks for what other hosts have changed of that to which somebody listens, as hosts do twice a second.
    ///
    /// - Throws: What the database throws.
    public func lookAround() async throws { try await self.runtime.lookout.look() }
}
