internal import AlmanacTestKit
internal import Foundation

/// Tasks that each do one thing after the other in this process, for a time.
struct TaskLoad {
    let tasks: Int
    let duration: Duration
    var warmUp = Duration.seconds(1)

    /// Runs the tasks and tells how long each step took.
    ///
    /// - Parameter step: One step of a task; returns whether it succeeded.
    /// - Returns: What was measured after the warm-up.
    /// - Throws: What `step` throws.
    func run(_ step: @escaping @Sendable (_ task: Int) async throws -> Bool) async throws -> LoadResult {
        let begin = ContinuousClock.now + self.warmUp
        let end = begin + self.duration
        return try await withThrowingTaskGroup(of: Load.ClientResult.self) { group in
            for task in 0..<self.tasks {
                group.addTask {
                    var result = Load.ClientResult()
                    var now = ContinuousClock.now
                    while now < end {
                        let start = now
                        let hasSucceeded = try await step(task)
                        now = ContinuousClock.now
                        if !hasSucceeded {
                            result.refusals["refused", default: 0] += 1
                        } else if start >= begin {
                            result.latencies.append((now - start).nanoseconds)
                        }
                    }
                    result.seconds = (now - begin).inSeconds
                    return result
                }
            }
            return LoadResult(try await group.reduce(into: []) { $0.append($1) })
        }
    }
}
