/// Tells the loop that delivers events in this process that there are new ones.
///
/// Sent behind the commit, never through the database: `NOTIFY` in a business transaction makes all that notify wait
/// for each other. Other hosts find out by looking. One wake that has not been seen yet is as good as many.
final class DeliverySignal: Sendable {
    private let continuation: AsyncStream<Void>.Continuation
    /// One element for each wake, for one loop.
    let wakes: AsyncStream<Void>

    init() { (self.wakes, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Something may be due.
    func wake() { self.continuation.yield() }
}
