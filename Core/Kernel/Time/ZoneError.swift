/// A time zone that cannot be used.
public struct ZoneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, for programs.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case unknownZone
            case damagedFile
            case unreadableData
        }

        private let base: Base

        /// The name of the code, as `unknownZone`.
        public var description: String { self.base.rawValue }

        /// No zone has that name; names are spelled exactly as in the IANA time zone database.
        public static let unknownZone = Self(base: .unknownZone)
        /// The zone's file does not follow RFC 9636.
        public static let damagedFile = Self(base: .damagedFile)
        /// The machine's zone data is missing or may not be read.
        public static let unreadableData = Self(base: .unreadableData)
    }

    /// What went wrong, for programs.
    public let code: Code

    /// What happened and what to do about it, for people.
    public let description: String

    static func unknownZone(_ name: String) -> Self {
        let shown = name.unicodeScalars.count > 64 ? "\(String(name.unicodeScalars.prefix(64)))…" : name
        return Self(
            code: .unknownZone,
            description: "there is no time zone \"\(shown)\"; use an IANA name in its exact spelling, as Europe/Berlin")
    }

    static func damagedFile(_ name: String, _ what: String) -> Self {
        Self(
            code: .damagedFile,
            description: "the data of time zone \(name) is damaged: \(what); install the system's zone data again")
    }

    static func unreadableData(_ path: String) -> Self {
        Self(
            code: .unreadableData,
            description: "cannot read time zone data from \(path); install the package tzdata or set TZDIR")
    }
}
