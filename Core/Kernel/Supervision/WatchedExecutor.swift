internal import Dispatch

/// Runs a piece of background work on threads of its own, and tells the watchdog for how long it holds one.
///
/// Work that awaits holds no thread; what blocks one does not take it away from those who answer requests.
final class WatchedExecutor: TaskExecutor {
    private static let queue = DispatchQueue(label: "almanac.background", attributes: .concurrent)

    private let what: String
    private let watchdog: Watchdog

    /// - Parameters:
    ///   - name: The work.
    ///   - watchdog: Who is told.
    init(_ name: WorkName, _ watchdog: Watchdog) {
        self.what = "background work \(name)"
        self.watchdog = watchdog
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Self.queue.async {
            let id = self.watchdog.begin(self.what)
            job.runSynchronously(on: self.asUnownedTaskExecutor())
            self.watchdog.end(id)
        }
    }
}
