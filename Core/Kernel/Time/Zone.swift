public import AlmanacStorage
internal import Synchronization

/// A time zone of the IANA database, as `Europe/Berlin`: which time the clocks of a place show at which instant.
///
/// The data is the system's (`TZDIR`, else `/usr/share/zoneinfo`), read once a zone and process and then kept, so that
/// an update of the system takes effect with the next start. A value is a name that is known to exist and a reference
/// to its table: copies and look-ups allocate nothing. Two names of one place (`Europe/Kiev`, `Europe/Kyiv`) are
/// different zones. Conversions cover the years 0001 to 9999; what lies outside is answered with the nearest date.
public struct Zone: Sendable {
    let data: ZoneData

    /// Coordinated universal time, `UTC`; always available.
    public static let utc = Zone(data: .utc)

    /// The release of the system's zone data, as `2026a`, or `nil` when the system does not say.
    public static var dataVersion: String? { ZoneFiles.version }

    /// The zone with a name.
    ///
    /// The first use of a name in a process reads a file.
    /// - Parameter name: In the exact spelling of the database.
    /// - Throws: ``ZoneError`` when there is no such zone or its data cannot be read.
    public init(_ name: String) throws(ZoneError) {
        self.data = try Self.load(name)
    }

    init(data: ZoneData) {
        self.data = data
    }

    /// The IANA name.
    public var name: String { self.data.name }

    /// The offset of local time from UTC at an instant, in seconds, positive in the east.
    public func offset(at instant: Instant) -> Int {
        self.data.offset(at: instant.seconds)
    }

    /// Tables by name; only names of files get in, so that it cannot grow without bound.
    private static let loaded = Mutex<[String: ZoneData]>(["UTC": .utc])

    private static func load(_ name: String) throws(ZoneError) -> ZoneData {
        if let data = Self.loaded.withLock({ $0[name] }) { return data }
        // Outside the lock: when two tasks read the same file, the first one's table stays.
        let data = try TZifReader.read(name, try ZoneFiles.content(of: name))
        return Self.loaded.withLock { loaded in
            let kept = loaded[name] ?? data
            loaded[name] = kept
            return kept
        }
    }
}

extension Zone: Hashable {
    /// Whether both are the same zone by name.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        // There is one table a name.
        lhs.data === rhs.data
    }

    /// Feeds what ``==(_:_:)`` compares into the hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self.data))
    }
}

extension Zone: CustomStringConvertible {
    /// The same as ``name``.
    public var description: String { self.name }
}

extension Zone: ColumnValue {
    /// The name as text.
    public var sqlValue: SQLValue { .text(self.name) }

    /// Reads a column that holds a name.
    ///
    /// - Throws: ``ZoneError`` when this machine has no such zone.
    public init(column row: inout RowReader) throws {
        try self.init(try row.nextText())
    }
}

extension Zone: Codable {
    /// Reads one string, the name.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an IANA time zone in its exact spelling, as Europe/Berlin") { try? Self($0) }
    }

    /// Writes one string, the name.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.name)
    }
}

extension Zone: JSONStreamable {
    /// Writes one string, the name.
    public func write(to writer: inout JSONWriter) { writer.string(self.name) }
}
