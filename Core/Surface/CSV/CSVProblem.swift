/// One thing wrong in a CSV file, and where.
public struct CSVProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the caller named it.
    public let file: String
    /// The line on which the field or row begins, counted from 1 for the header; quoted fields may span lines.
    public let line: Int
    /// The name of the column, or its position (`column 3`) where no name is known; absent for a whole row or file.
    public let column: String?
    /// What is wrong and what to do about it.
    public let reason: String

    /// States a problem.
    ///
    /// - Parameters:
    ///   - file: The file as the reader of the message knows it.
    ///   - line: The line, counted from 1.
    ///   - column: The name of the column, if the problem is one field's.
    ///   - reason: What is wrong and what to do about it.
    public init(file: String, line: Int, column: String?, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `FILE:LINE: COLUMN: REASON`, which editors can jump to.
    public var description: String {
        "\(self.file):\(self.line): \(self.column.map { "\($0): " } ?? "")\(self.reason)"
    }
}
