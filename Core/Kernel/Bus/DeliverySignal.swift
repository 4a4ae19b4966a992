/// Tells the loop that delivers events in this process that there are new ones.
///
/// Sent behind the commit, never through the database: `NOTIFY` in a business transaction makes all that notify wait
/// for each other. Other hosts find out by looking. One wake that has not been seen yet is as good as many.
final class DeliverySignal: Sendable {
    private let waking: AsyncStream<Void>.Continuation
    private let emitting: AsyncStream<Void>.Continuation
    /// One element for each wake, for the loop that delivers.
    let wakes: AsyncStream<Void>
    /// One element for each time that something was emitted, for the loop that gives positions.
    let emissions: AsyncStream<Void>

    init() {
        (self.wakes, self.waking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (self.emissions, self.emitting) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something may be due.
    func wake() { self.waking.yield() }

    /// An event was committed, or may have been by somebody else.
    func emitted() { self.emitting.yield() }
}
