#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The system's compiled time zone data on disk.
///
/// Foundation is not asked: on Linux it carries zone data of its own, which does not follow the system's updates.
enum ZoneFiles {
    /// Where the files are: `TZDIR`, or else the place that all distributions use.
    static let directory: String = {
        guard let value = getenv("TZDIR"), value.pointee != 0 else { return "/usr/share/zoneinfo" }
        return String(cString: value)
    }()

    /// The release of the data, as `2026a`, or `nil` when the directory does not say.
    static let version: String? = {
        if let bytes = Self.read("\(Self.directory)/+VERSION", atMost: 64) { return Self.firstWord(of: bytes[...]) }
        let prefix = Array("# version ".utf8)
        guard
            let bytes = Self.read("\(Self.directory)/tzdata.zi", atMost: Self.largestFile), bytes.starts(with: prefix)
        else { return nil }
        return Self.firstWord(of: bytes.dropFirst(prefix.count))
    }()

    /// The content of a zone's file.
    static func content(of name: String) throws(ZoneError) -> [UInt8] {
        guard Self.isName(name) else { throw .unknownZone(name) }
        if let bytes = Self.read("\(Self.directory)/\(name)", atMost: Self.largestFile) { return bytes }
        guard access("\(Self.directory)/Europe", R_OK | X_OK) == 0 else { throw .unreadableData(Self.directory) }
        throw .unknownZone(name)
    }

    /// Whether the text is shaped like the name of a zone and so stays below the directory.
    ///
    /// Refuses the copies under `posix/` and `right/` (the latter count leap seconds) and the files that say which
    /// zone this machine is in: neither is a name of the database.
    static func isName(_ name: String) -> Bool {
        guard 1...64 ~= name.utf8.count else { return false }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isForeign = ["posix", "right", "posixrules", "localtime"].contains { parts[0].elementsEqual($0.utf8) }
        return !isForeign && parts.allSatisfy(Self.isNamePart)
    }

    private static func isNamePart(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return part.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Far above the largest real file; `tzdata.zi`, all zones as text, has 110 kB.
    private static let largestFile = 1 << 20

    /// The first bytes of a regular file, or `nil` when it cannot be read.
    private static func read(_ path: String, atMost limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: min(max(Int(status.st_size), 0), limit))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(filled))
            }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes[..<filled])
    }

    private static func firstWord(of bytes: ArraySlice<UInt8>) -> String? {
        let word = bytes.prefix { $0 > 0x20 && $0 < 0x7F }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }
}
