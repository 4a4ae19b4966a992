import AlmanacKernel
import AlmanacTestKit
import Foundation
import ServiceLifecycle

/// A host with two pieces of background work: one holds its thread for ever, the other one awaits for ever.
///
///     StuckHost wait|spin|await
///
/// The argument says how the thread is held: in a system call, on a processor, or not at all. For the test of the
/// watchdog, which needs a process that it may end.
@main
struct StuckHost {
    /// How many seconds something may stay away.
    private static let limit = 3

    /// How a thread is held.
    private enum Hold: String {
        case wait
        case spin
        case `await`
    }

    private struct Stuck: Plugin {
        static let declaration = Declaration(id: "stuck", version: "1.0.0", summary: "S")
        let hold: Hold

        init(settings: NoSettings, kernel: Kernel<Self>) throws {
            self.hold = Hold(rawValue: CommandLine.arguments.dropFirst().first ?? "") ?? .await
        }

        var contributions: Contributions {
            BackgroundWork("hold", everySeconds: 5) { [hold] in
                switch hold {
                case .wait: DispatchSemaphore(value: 0).wait()
                case .spin: while ProcessInfo.processInfo.processIdentifier > 0 {}
                case .await: try await Task.sleep(for: .seconds(6))
                }
                print("came back")
                exit(0)
            }
        }
    }

    private struct Patient: Plugin {
        static let declaration = Declaration(id: "patient", version: "1.0.0", summary: "P")

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            BackgroundWork("wait", everySeconds: 5) {
                try await Task.sleep(for: .seconds(86_400))
                return false
            }
        }
    }

    static func main() async throws { try await Self.host() }

    private nonisolated static func host() async throws {
        try await withPlatform(.sqlite, plugins: [Stuck.self, Patient.self]) { platform in
            platform.runtime.supervisor.watchdog.endProcess(after: Self.limit)
            try await ServiceGroup(services: platform.runtime.services, logger: SilentLog.logger).run()
        }
    }
}
