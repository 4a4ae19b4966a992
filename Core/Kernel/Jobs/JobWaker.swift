internal import Synchronization

/// Wakes the loop that begins jobs; called from wherever something may have become due.
///
/// One wake that has not been seen yet is as good as many.
final class JobWaker: Sendable {
    private let continuation: AsyncStream<Void>.Continuation
    /// One element for each wake; for one loop.
    let wakes: AsyncStream<Void>

    init() { (self.wakes, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Something may be due.
    func wake() { self.continuation.yield() }

    /// The loop is to end.
    func finish() { self.continuation.finish() }
}
