internal import AlmanacKernel
internal import AlmanacTestKit
internal import Foundation

/// Delivers what waits, as a host does: with as many hands, and settings as they are served.
enum Drain {
    struct Outcome {
        let events: Int
        let seconds: Double
        /// The most memory that was in use, in bytes.
        let memory: Int
    }

    static func run(_ runtime: Runtime) async throws -> Outcome {
        let start = ContinuousClock.now
        let (total, memory) = try await withThrowingTaskGroup(of: (BusProgress, Int).self) { group in
            for _ in 0..<BusSettings().hands { group.addTask { try await self.drain(runtime.bus) } }
            return try await group.reduce(into: (BusProgress(), 0)) { sum, hand in
                sum.0 += hand.0
                sum.1 = max(sum.1, hand.1)
            }
        }
        try await runtime.bus.sequencer.catchUp()
        guard total.dead + total.retried == 0 else { throw TestKitError("events could not be handled: \(total)") }
        return Outcome(events: total.handled, seconds: (ContinuousClock.now - start).inSeconds, memory: memory)
    }

    /// Takes steps until nothing is due, and looks at the memory in use behind each.
    private static func drain(_ bus: MessageBus) async throws -> (BusProgress, Int) {
        var total = BusProgress()
        var memory = 0
        while true {
            let progress = try await bus.step()
            total += progress
            memory = max(memory, ResidentMemory.bytes())
            guard progress.hasMore else { return (total, memory) }
        }
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
