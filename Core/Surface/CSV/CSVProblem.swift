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
    /// The code with which the API refuses the same; absent where there is none.
    public let code: String?

    /// States a problem.
    ///
    /// - Parameters:
    ///   - file: The file as the reader of the message knows it.
    ///   - line: The line, counted from 1.
    ///   - column: The name of the column, if the problem is one field's.
    ///   - reason: What is wrong and what to do about it.
    ///   - code: The code with which the API refuses the same, if it does.
    public init(file: String, line: Int, column: String?, reason: String, code: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
        self.code = code
    }

    /// `FILE:LINE: COLUMN: REASON`, which editors can jump to, with the code behind it where there is one.
    public var description: String {
        let code = self.code.map { " (\($0))" } ?? ""
        return "\(self.file):\(self.line): \(self.column.map { "\($0): " } ?? "")\(self.reason)\(code)"
    }
}
