internal import ServiceLifecycle

/// A step that is taken at once, and again after each pause.
///
/// It deals with its failures itself, and the next one comes at its time. What is begun anew when it fails, and given up
/// when it fails too often, is ``BackgroundWork``.
struct Repetition: Sendable {
    private let pause: Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Describes a loop.
    ///
    /// - Parameters:
    ///   - pause: How long nothing is done after each step.
    ///   - sleep: Waits for so long, and throws when it is cancelled; replaced by tests.
    init(
        every pause: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.pause = pause
        self.sleep = sleep
    }

    /// Takes steps until the task is cancelled: the step that is being taken then is the last.
    ///
    /// - Parameter step: The step, which is told how many there were before it.
    func run(_ step: @Sendable (Int) async -> Void) async {
        var count = 0
        repeat {
            await step(count)
            count += 1
        } while (try? await self.sleep(self.pause)) != nil
    }

    /// Takes steps until graceful shutdown, which cancels the one that is being taken.
    ///
    /// - Parameter step: The step, which is told how many there were before it.
    func runUntilShutdown(_ step: @escaping @Sendable (Int) async -> Void) async {
        await cancelWhenGracefulShutdown { await self.run(step) }
    }
}
