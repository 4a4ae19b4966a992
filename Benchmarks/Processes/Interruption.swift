internal import Dispatch
internal import Foundation
internal import Synchronization

/// Cleans up once: when the work is done, or when Ctrl-C ends the program before.
final class Interruption: Sendable {
    private let cleanUp: @Sendable () -> Void
    private let isDone = Mutex(false)
    /// `nonisolated(unsafe)`: set once, before anybody else sees the object, and only cancelled then.
    private nonisolated(unsafe) let source: any DispatchSourceSignal

    init(_ cleanUp: @escaping @Sendable () -> Void) {
        self.cleanUp = cleanUp
        signal(SIGINT, SIG_IGN)
        self.source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        self.source.setEventHandler { [self] in
            self.once()
            exit(130)
        }
        self.source.resume()
    }

    /// Cleans up and lets Ctrl-C be again what it was.
    func resolve() {
        self.source.cancel()
        self.once()
        signal(SIGINT, SIG_DFL)
    }

    private func once() {
        let isFirst = self.isDone.withLock { done in
            defer { done = true }
            return !done
        }
        if isFirst { self.cleanUp() }
    }
}
