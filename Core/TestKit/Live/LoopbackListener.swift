internal import Foundation
internal import Synchronization

/// Listens to a live endpoint over a socket, on a thread of its own.
///
/// It ends when the server ends the answer, when it is told to hang up, or when nothing at all has come for as long as
/// the client waits.
public final class LoopbackListener: Sendable {
    /// How an answer ended.
    public enum End: Sendable, Equatable {
        /// With its last chunk, as it should.
        case whole
        /// Because the test hung up.
        case hungUp
        /// In the middle.
        case broken(String)
    }

    /// The status of the answer.
    public let status: Int
    /// The headers of the answer, names in lower case.
    public let headers: [(name: String, value: String)]
    private let events: AsyncStream<LiveMessage>
    private let shared: Shared

    fileprivate final class Shared: Sendable {
        let isHangingUp = Mutex(false)
        let state = Mutex<(parser: LiveParser, end: End?)>((LiveParser(), nil))
    }

    fileprivate init(
        _ head: (status: Int, headers: [(name: String, value: String)]), _ events: AsyncStream<LiveMessage>,
        _ shared: Shared
    ) {
        self.status = head.status
        self.headers = head.headers
        self.events = events
        self.shared = shared
    }

    deinit { self.hangUp() }

    /// The first value of the header with this name, which is given in lower case.
    public func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }

    /// The next event; waits until one comes.
    ///
    /// - Returns: `nil` when the answer has ended; see ``end``.
    public func next() async -> LiveMessage? {
        var iterator = self.events.makeAsyncIterator()
        return await iterator.next()
    }

    /// The next event with this name; those before are passed over.
    public func next(_ name: String) async -> LiveMessage? {
        while let event = await self.next() { if event.name == name { return event } }
        return nil
    }

    /// Everything until the answer ends.
    public func rest() async -> [LiveMessage] {
        var found: [LiveMessage] = []
        while let event = await self.next() { found.append(event) }
        return found
    }

    /// How the answer ended; `nil` while it goes on.
    public var end: End? { self.shared.state.withLock { $0.end } }
    /// How many comments have come so far.
    public var comments: Int { self.shared.state.withLock { $0.parser.comments } }
    /// How long the server asks to wait before connecting again, in milliseconds.
    public var retryMilliseconds: Int? { self.shared.state.withLock { $0.parser.retryMilliseconds } }

    /// Closes the connection.
    public func hangUp() { self.shared.isHangingUp.withLock { $0 = true } }
}

extension LoopbackClient {
    /// Listens to a live endpoint.
    ///
    /// - Parameters:
    ///   - target: Path and query.
    ///   - token: Who listens.
    ///   - position: The `id` of the last event that was seen.
    /// - Returns: The listener, once the head of the answer has come, whatever its status.
    /// - Throws: ``TestKitError`` when there is no answer.
    public func listen(
        _ target: String, token: String? = nil, after position: String? = nil
    ) async throws -> LoopbackListener {
        var request = LoopbackRequest("GET", target, token: token)
        request.headers.append(("Accept", "text/event-stream"))
        if let position { request.headers.append(("Last-Event-ID", position)) }
        let (bytes, port, timeout) = (request.bytes, self.port, self.timeout)
        let (events, continuation) = AsyncStream<LiveMessage>.makeStream()
        let shared = LoopbackListener.Shared()
        return try await withCheckedThrowingContinuation { answered in
            Thread {
                let connection: LoopbackConnection
                let head: (status: Int, headers: [(name: String, value: String)])
                do {
                    connection = try LoopbackConnection(port: port, timeout: timeout)
                    try connection.send(bytes)
                    head = try connection.receiveHead()
                } catch {
                    return answered.resume(throwing: error)
                }
                answered.resume(returning: LoopbackListener(head, events, shared))
                let end = Self.read(connection, head.headers, shared) { continuation.yield($0) }
                shared.state.withLock { $0.end = end }
                continuation.finish()
            }.start()
        }
    }

    private static func read(
        _ connection: LoopbackConnection, _ headers: [(name: String, value: String)],
        _ shared: LoopbackListener.Shared, _ found: (LiveMessage) -> Void
    ) -> LoopbackListener.End {
        guard headers.contains(where: { $0.name == "transfer-encoding" && $0.value.lowercased() == "chunked" }) else {
            return .whole
        }
        do {
            while try connection.awaitInput(unless: { shared.isHangingUp.withLock { $0 } }) {
                guard let chunk = try connection.receiveChunk() else { return .whole }
                for event in shared.state.withLock({ $0.parser.feed(chunk) }) { found(event) }
            }
            return .hungUp
        } catch {
            return .broken("\(error)")
        }
    }
}
