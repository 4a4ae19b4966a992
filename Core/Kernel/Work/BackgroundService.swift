internal import Logging
internal import ServiceLifecycle

/// Runs the background work of a plugin until graceful shutdown.
struct BackgroundService: Service {
    let owner: PluginID
    let work: BackgroundWork
    let logger: Logger

    /// All background work of a platform, in graph order.
    static func all(of platform: Platform, _ logger: Logger) -> [BackgroundService] {
        platform.graph.contributions(of: BackgroundWork.self).map { owner, work in
            BackgroundService(owner: owner, work: work, logger: logger)
        }
    }

    /// Takes one step after the other; a step that was begun is not cancelled.
    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if await self.step() { continue }
            await cancelWhenGracefulShutdown {
                try? await Task.sleep(for: .seconds(self.work.pauseSeconds))
            }
        }
    }

    /// Takes a step.
    ///
    /// - Returns: Whether the next one is to follow at once.
    func step() async -> Bool {
        do {
            return try await self.work.step()
        } catch {
            self.logger.warning(
                "a step of background work failed; it is tried again",
                metadata: [
                    "plugin": "\(self.owner)", "work": "\(self.work.name)", "error": "\(error)",
                ])
            return false
        }
    }
}
