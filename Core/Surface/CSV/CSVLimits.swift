/// How much a CSV file may hold before it is refused.
public struct CSVLimits: Sendable, Hashable {
    /// The longest field, in bytes of UTF-8 without its quotes.
    public let fieldBytes: Int
    /// The most columns a header may name.
    public let columns: Int
    /// The most rows below the header.
    public let rows: Int

    /// Fields up to 64 KiB, 200 columns, 100,000 rows.
    public static let standard = Self(fieldBytes: 65_536, columns: 200, rows: 100_000)

    /// Sets the limits.
    ///
    /// - Parameters:
    ///   - fieldBytes: The longest field in bytes.
    ///   - columns: The most columns.
    ///   - rows: The most rows below the header.
    public init(fieldBytes: Int, columns: Int, rows: Int) {
        self.fieldBytes = fieldBytes
        self.columns = columns
        self.rows = rows
    }
}
