internal import AlmanacKernel
internal import AlmanacStorage

/// The body of an answer that goes on for as long as somebody listens: Server-Sent Events (WHATWG HTML §9.2).
///
/// It is pulled, for one reader: nothing is read from the database before what was read last has been taken, so that a
/// stream holds one small piece in memory, however slow its reader and however much there is to send. Before each piece,
/// and every second, it makes sure that the caller still may listen.
public actor LiveStream {
    /// Who listens to what, and how it is done for them.
    struct Session: Sendable {
        let reading: any LiveReading
        let record: LiveRecord
        /// Finds out who asks, as they are now; throws ``Refusal`` when they may not ask any more.
        let confirm: @Sendable () async throws -> Call
        let time: MonotonicTime
        let heartbeatNanoseconds: Int64
        /// When it ends, by ``time``; `nil` when it goes on.
        let end: Int64?
        /// How long those who listen wait before they connect again.
        let retryMilliseconds: Int
    }

    /// How old it may be that the caller was asked for.
    private static let confidence: Int64 = 1_000_000_000
    /// How long the database is left alone that did not answer.
    private static let penance: Int64 = 2_000_000_000

    private nonisolated let watch: LiveWatch
    /// `nil` when it has ended.
    private var session: Session?
    private var call: Call
    private var confirmedAt: Int64
    private var sentAt: Int64
    private var retryAt = Int64.min
    private var isBehind = true
    private var hasBegun = false

    /// - Parameters:
    ///   - session: Who listens to what.
    ///   - watch: Wakes it.
    ///   - call: The caller, as they are now.
    init(_ session: Session, _ watch: LiveWatch, _ call: Call) {
        self.session = session
        self.watch = watch
        self.call = call
        self.confirmedAt = session.time.nanoseconds
        self.sentAt = self.confirmedAt
    }

    /// The next bytes to send; waits until there are some.
    ///
    /// - Returns: `nil` when there will be none any more. A task that is cancelled is told so at once.
    public func next() async -> [UInt8]? {
        guard let session = self.session else { return nil }
        guard self.hasBegun else {
            self.hasBegun = true
            return Array("retry: \(session.retryMilliseconds)\n\n".utf8)
        }
        while true {
            if let end = self.watch.end { return self.finish(end == .ending ? .ending : .left) }
            do {
                if let piece = try await self.piece(session) { return piece }
            } catch {
                if let ending = Self.ending(after: error) { return self.finish(ending) }
                // Whoever listens need not know that the database is away; it may be back in a moment.
                self.retryAt = session.time.nanoseconds + Self.penance
                if self.isQuiet(session) { return self.send(Self.comment, events: 0, session) }
            }
            let (now, isWaiting) = (session.time.nanoseconds, session.time.nanoseconds < self.retryAt)
            if let end = session.end, end <= now, !self.isBehind || isWaiting { return self.finish(.time) }
            if self.isBehind, !isWaiting { continue }
            guard await self.watch.rings() else { return self.finish(.left) }
        }
    }

    /// Ends it because nobody listens any more; may be called from anywhere.
    public nonisolated func leave() { self.watch.leave() }

    private static let comment = Array(":\n\n".utf8)

    /// What there is to send now; `nil` when there is nothing.
    private func piece(_ session: Session) async throws -> [UInt8]? {
        if self.watch.takeChange() { self.isBehind = true }
        guard self.retryAt <= session.time.nanoseconds else { return nil }
        try await self.confirm(session)
        let isQuiet = self.isQuiet(session)
        guard self.isBehind || isQuiet else { return nil }
        // Until it is known that there is nothing.
        self.isBehind = true
        let batch = try await session.reading.read(as: self.call)
        self.isBehind = batch.hasMore
        var bytes: [UInt8] = []
        for event in batch.events { try event.write(to: &bytes) }
        if bytes.isEmpty, isQuiet { bytes = Self.comment }
        return bytes.isEmpty ? nil : self.send(bytes, events: batch.events.count, session)
    }

    private func confirm(_ session: Session) async throws {
        let now = session.time.nanoseconds
        guard now - self.confirmedAt >= Self.confidence else { return }
        self.call = try await session.confirm()
        self.confirmedAt = now
    }

    private func isQuiet(_ session: Session) -> Bool {
        session.time.nanoseconds - self.sentAt >= session.heartbeatNanoseconds
    }

    private func send(_ bytes: [UInt8], events: Int, _ session: Session) -> [UInt8] {
        self.sentAt = session.time.nanoseconds
        session.record.sent(events, bytes: bytes.count)
        return bytes
    }

    private func finish(_ ending: LiveEnding) -> [UInt8]? {
        self.session?.record.finish(ending)
        self.session = nil
        self.watch.stop()
        return nil
    }

    /// Why a stream ends with an error; `nil` when it can go on.
    private static func ending(after error: any Error) -> LiveEnding? {
        switch error {
        case is Refusal, is RequestFault: return .refused
        case is CancellationError: return .left
        default: break
        }
        switch error.storageError?.code {
        case .timeout, .unavailable, .serialization, .full, .outcomeUnknown: return nil
        default: return .failed
        }
    }
}
