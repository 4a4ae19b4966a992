/// A place in a file that a person wrote: where a value, a key or a mistake stands.
public struct SourcePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The file as the reader of a message knows it: the path that was typed, not an absolute one.
    public let file: String
    /// The line, counted from 1; 0 where the file as a whole is meant.
    public let line: Int
    /// The column in Unicode scalars, counted from 1; 0 where the file as a whole is meant.
    public let column: Int

    /// Names a place in a file.
    ///
    /// - Parameters:
    ///   - file: The file as the reader of a message knows it.
    ///   - line: The line, counted from 1; 0 for the whole file.
    ///   - column: The column, counted from 1; 0 for the whole file.
    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The place of settings that stand in Swift code rather than in a file, as in tests.
    public static let code = Self(file: "settings in code")

    /// `FILE:LINE:COLUMN`, which editors can jump to; only `FILE` where the whole file is meant.
    public var description: String {
        self.line > 0 ? "\(self.file):\(self.line):\(self.column)" : self.file
    }

    /// Orders by file, then line, then column.
    public static func < (left: Self, right: Self) -> Bool {
        guard left.file.utf8.elementsEqual(right.file.utf8) else {
            return left.file.utf8.lexicographicallyPrecedes(right.file.utf8)
        }
        return (left.line, left.column) < (right.line, right.column)
    }
}
