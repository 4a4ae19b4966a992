internal import AlmanacKernel
internal import AlmanacTestKit
internal import Foundation

/// Delivers what waits, as a host does.
enum Drain {
    struct Outcome {
        let events: Int
        let seconds: Double
        /// The most memory that was in use, in bytes.
        let memory: Int
    }

    static func run(_ runtime: Runtime) async throws -> Outcome {
        var total = BusProgress()
        var memory = 0
        let start = ContinuousClock.now
        while true {
            let progress = try await runtime.bus.step()
            total += progress
            memory = max(memory, ResidentMemory.bytes())
            guard progress.hasMore else { break }
        }
        try await runtime.bus.sequencer.catchUp()
        guard total.dead + total.retried == 0 else { throw TestKitError("events could not be handled: \(total)") }
        return Outcome(events: total.handled, seconds: (ContinuousClock.now - start).inSeconds, memory: memory)
    }
}

/// How much memory this process has in use.
enum ResidentMemory {
    /// In bytes; 0 where `/proc` does not tell.
    static func bytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
    }
}
