internal import AlmanacStorage
internal import Foundation

/// Whether the machine's clock can be relied on: sessions, limits, leases and codes are all judged by it.
struct ClockCheck: DoctorCheck {
    static let name = "clock"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        [
            Self.judge(isSynchronized: Self.isSynchronized),
            Self.judge(readings: (0..<1_000).map { _ in subject.clock.now }),
        ]
    }

    /// What the kernel says of the clock; `nil` where it cannot be asked.
    ///
    /// Swift's module of the C library leaves `<sys/timex.h>` out, so the function is looked up by name.
    private static var isSynchronized: Bool? {
        #if os(Linux)
        typealias Adjust = @convention(c) (UnsafeMutableRawPointer) -> Int32
        guard let symbol = dlsym(nil, "adjtimex") else { return nil }
        // All zero: nothing is adjusted, only asked. `struct timex` has 208 bytes where a long has 64 bits.
        var state = [UInt64](repeating: 0, count: 32)
        let code = state.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { unsafeBitCast(symbol, to: Adjust.self)($0) } ?? -1
        }
        // 5 is TIME_ERROR: nobody has disciplined the clock, or not for long.
        return code < 0 ? nil : code != 5
        #else
        return nil
        #endif
    }

    static func judge(isSynchronized: Bool?) -> Finding {
        switch isSynchronized {
        case true?: .ok("\(self.name).synchronized", "the clock is kept right by a time service")
        case nil: .ok("\(self.name).synchronized", "this system does not say whether a time service keeps its clock")
        case false?:
            .warning(
                "\(self.name).synchronized", "the system says that no time service keeps its clock right",
                advice: "run chrony or systemd-timesyncd, unless whoever runs this machine's host does")
        }
    }

    /// Whether one reading after the other never went back.
    static func judge(readings: [Instant]) -> Finding {
        let back = zip(readings, readings.dropFirst()).map { $0.microseconds(since: $1) }.max() ?? 0
        guard back > 0 else { return .ok("\(self.name).forward", "the clock goes forward") }
        return .problem(
            "\(self.name).forward", "the clock went back by \(back) µs while it was being read",
            advice: "look for two programs that set it, or a faulty clock source of the virtual machine")
    }

    // MARK: Against the database

    /// Compares with the clock of the database's server, by which leases are judged.
    static func compare(_ connection: any MaintenanceConnection, _ clock: any WallClock) throws -> Finding {
        let before = clock.now
        let rows = try connection.rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        let after = clock.now
        let own = before.adding(microseconds: after.microseconds(since: before) / 2)
        guard let text = rows.first?.first.flatMap({ $0 }), let theirs = Int64(text) else {
            return .ok("\(self.name).database", "the database does not tell the time")
        }
        return self.judge(
            offset: Instant(microseconds: theirs).microseconds(since: own),
            uncertainty: after.microseconds(since: before) / 2)
    }

    /// - Parameters:
    ///   - offset: How far the database's clock is ahead, in microseconds.
    ///   - uncertainty: By how much that may be wrong.
    /// - Returns: The finding.
    static func judge(offset: Int64, uncertainty: Int64) -> Finding {
        let name = "\(self.name).database"
        let distance = Int64(clamping: offset.magnitude)
        let certain = max(0, distance - uncertainty)
        let what = "the database's clock is \(distance / 1_000) ms \(offset < 0 ? "behind" : "ahead")"
        let advice = "let one time service keep both machines' clocks"
        if certain >= 30_000_000 { return .problem(name, what, advice: advice) }
        return certain >= 1_000_000 ? .warning(name, what, advice: advice) : .ok(name, what)
    }

    /// Compares with the latest moment that the database remembers of the schema.
    static func judge(remembered last: Instant, now: Instant) -> Finding {
        let name = "\(self.name).past"
        let ahead = last.microseconds(since: now)
        guard ahead > 60_000_000 else { return .ok(name, "the clock is later than the last migration") }
        return .problem(
            name, "the last migration was applied at \(last.rfc3339), which this machine's clock has not reached yet",
            advice: "set the clock right before anything is written")
    }
}
