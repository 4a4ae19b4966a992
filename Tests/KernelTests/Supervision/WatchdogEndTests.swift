import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The watchdog ends a process: one of its own, whose plugin has background work that never returns.
struct WatchdogEndTests {
    @Test(arguments: ["wait", "spin"])
    func aStepThatNeverReturnsEndsTheProcessAndIsNamed(_ hold: String) async throws {
        let result = try await Program.run("StuckHost", [hold])
        #expect(result.exitCode == Watchdog.exitCode, "\(result)")
        let lines = result.errors.split(separator: "\n")
        let first = "almanac: background work stuck.hold did not come back for 3 seconds; ending"
        #expect(lines.first.map(String.init) == first, "\(result)")
        // What awaits holds nothing.
        #expect(!result.errors.contains("patient.wait"), "\(result)")

        // The thread that the work holds is among those described.
        let held = lines.first { $0.hasPrefix("almanac: not back yet: background work stuck.hold: for 3 seconds, on") }
        let thread = try #require(held?.split(separator: " ").last, "\(result)")
        let described = try #require(lines.first { $0.hasPrefix("thread \(thread) (") }, "\(result)")
        if hold == "spin" {
            #expect(described.contains("): state R, "), "\(described)")
        } else {
            #expect(described.contains("): state S, "), "\(described)")
        }
    }

    @Test
    func aStepThatAwaitsLongerThanTheLimitEndsNothing() async throws {
        let result = try await Program.run("StuckHost", ["await"])
        #expect(result.exitCode == 0, "\(result)")
        #expect(result.output.contains("came back"), "\(result)")
        #expect(result.errors.isEmpty, "\(result)")
    }
}
