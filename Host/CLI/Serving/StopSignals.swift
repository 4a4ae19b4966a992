internal import AlmanacKernel
internal import CStopSignals
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// SIGTERM and SIGINT, from the first moment of `serve` to the last.
///
/// While the server starts, a signal ends it at once: nothing has been promised to anybody, and what the database was
/// being changed by is undone by itself. While it serves, the first signal lets it finish what it began; the second one
/// ends it at once, and so does the deadline.
///
/// Signals are read by a thread that does nothing else, so that they are heard also when all others are held.
final class StopSignals: Sendable {
    private enum Phase {
        case starting
        case serving(ServiceGroup, deadline: Duration, Logger)
        case ending(Logger)
    }

    private let phase = Mutex(Phase.starting)

    /// Takes the signals over; none that arrives from now on is lost.
    ///
    /// - Throws: ``CommandFailure`` when the system refuses, for want of descriptors for example.
    init() throws {
        let descriptor = almanac_take_stop_signals()
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(-descriptor))
            throw CommandFailure("almanac: signals cannot be taken over: \(reason)", status: .failed)
        }
        Self.thread("stop signals") { [self] in
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count == 1 { self.arrived() } else if count == 0 || errno != EINTR { return }
            }
        }
    }

    /// From now on a signal lets the group end gracefully; also before it runs.
    ///
    /// - Parameters:
    ///   - group: What runs.
    ///   - deadline: How long that may take.
    ///   - logger: Where the log goes.
    func serve(_ group: ServiceGroup, deadline: Duration, _ logger: Logger) {
        self.phase.withLock { $0 = .serving(group, deadline: deadline, logger) }
    }

    private func arrived() {
        let before = self.phase.withLock { phase in
            let before = phase
            if case .serving(_, _, let logger) = phase { phase = .ending(logger) }
            return before
        }
        switch before {
        case .starting:
            // Nobody may take what is written.
            Watchdog.exit(within: 2, code: ExitStatus.fine.rawValue)
            Terminal.complain("almanac: told to stop while starting")
            Terminal.exitAtOnce(.fine)
        case .serving(let group, let deadline, let logger):
            Task { await group.triggerGracefulShutdown() }
            Self.thread("stop deadline") {
                Thread.sleep(forTimeInterval: Double(deadline.components.seconds))
                // Whoever takes the log may be what stands still.
                Watchdog.exit(within: 2, code: ExitStatus.failed.rawValue)
                logger.error("not everything that was begun ended in time: it was cut off")
                Terminal.exitAtOnce(.failed)
            }
            logger.notice("ending: what was begun is finished first; a second signal ends it at once")
        case .ending(let logger):
            Watchdog.exit(within: 2, code: ExitStatus.failed.rawValue)
            logger.error("told to end twice: what was begun is cut off")
            Terminal.exitAtOnce(.failed)
        }
    }

    private static func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
