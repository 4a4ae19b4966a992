internal import Foundation

/// Whether there is room for what will be written on this machine.
struct DiskCheck: DoctorCheck {
    static let name = "disk"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        guard case .sqlite(let settings) = subject.blueprint.manifest.storage else {
            return [.ok(Self.name, "the data is on the database's server; look at its disk there")]
        }
        let folder = URL(fileURLWithPath: settings.path).deletingLastPathComponent().path
        return [Self.examine(folder)]
    }

    /// Looks at the file system of a folder, or of the nearest one above it that exists.
    static func examine(_ folder: String) -> Finding {
        var place = folder
        while !FileManager.default.fileExists(atPath: place), place.count > 1 {
            place = URL(fileURLWithPath: place).deletingLastPathComponent().path
        }
        var facts = statvfs()
        guard statvfs(place, &facts) == 0 else {
            return .problem(
                self.name, "\(folder) cannot be looked at: \(String(cString: strerror(errno)))",
                advice: "check the path in the manifest and its permissions")
        }
        guard access(place, W_OK) == 0 else {
            return .problem(
                self.name, "\(place) cannot be written to", advice: "give the user that runs almanac the right to")
        }
        // A file system without a fixed number of files says 0 of 0.
        let files = facts.f_files == 0 ? UInt64.max : UInt64(facts.f_favail)
        let unit = UInt64(facts.f_frsize)
        return self.judge(
            folder, free: UInt64(facts.f_bavail).multipliedReportingOverflow(by: unit).partialValue,
            total: UInt64(facts.f_blocks).multipliedReportingOverflow(by: unit).partialValue, files: files)
    }

    /// - Parameters:
    ///   - folder: Where.
    ///   - free: Bytes that this user may still write.
    ///   - total: Bytes in all.
    ///   - files: How many more files there may be.
    /// - Returns: The finding.
    static func judge(_ folder: String, free: UInt64, total: UInt64, files: UInt64) -> Finding {
        let share = total == 0 ? 100 : Int(Double(free) / Double(total) * 100)
        let what = "\(free >> 20) MiB (\(share) %) are free for \(folder)"
        let advice = "make room: on a full disk every change is refused, though nothing is lost"
        // The log beside the file grows to 16 MiB and more under load; SQLite needs room to move it into the file.
        if free < 128 << 20 || files < 100 { return .problem(self.name, what, advice: advice) }
        return free < 1 << 30 || files < 10_000 ? .warning(self.name, what, advice: advice) : .ok(self.name, what)
    }
}
