internal import CThreadDump

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension Watchdog {
    /// With what a process ends that the watchdog has ended (`EX_SOFTWARE` of sysexits.h).
    package static let exitCode: Int32 = 70

    /// For how many seconds the dump may be written: whoever reads the log may be what stands still.
    private static let dumpSeconds: UInt32 = 10

    /// Ends the process when something has not come back, after saying on standard error what it was, what else holds a
    /// thread, and what the kernel knows of each thread.
    ///
    /// Stacks are not shown: whoever walks them from inside may wait for ever for a lock that a thread holds which stands
    /// still.
    ///
    /// - Parameter limit: After how many seconds.
    package func endProcess(after limit: Int) {
        self.start(limit: limit) { alarm in
            Self.exit(within: Self.dumpSeconds, code: Self.exitCode)
            Self.complain("almanac: \(alarm.what) did not come back for \(alarm.seconds) seconds; ending\n")
            for line in self.report { Self.complain("almanac: not back yet: \(line)\n") }
            almanac_dump_threads(2)
            _exit(Self.exitCode)
        }
    }

    /// Ends the process so many seconds from now, whatever its threads are doing.
    package static func exit(within seconds: UInt32, code: Int32) { almanac_exit_within(seconds, code) }

    private static func complain(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
