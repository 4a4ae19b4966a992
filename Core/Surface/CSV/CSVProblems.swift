/// Everything wrong in one or several CSV files; keeps the first hundred and counts the rest.
public struct CSVProblems: Error, Sendable, Equatable, CustomStringConvertible {
    /// How many problems are kept word for word.
    public static let limit = 100

    /// The problems kept, at most ``limit``.
    public private(set) var listed: [CSVProblem] = []
    /// How many more there were.
    public private(set) var unlisted = 0

    /// No problem yet.
    public init() {}

    /// Whether nothing is wrong.
    public var isEmpty: Bool { self.listed.isEmpty }

    /// How many problems there are, those that are not kept included.
    public var count: Int { self.listed.count + self.unlisted }

    /// One problem a line, then `and N more`.
    public var description: String {
        var lines = self.listed.map(\.description)
        if self.unlisted > 0 {
            lines.append("and \(self.unlisted) more")
        }
        return lines.joined(separator: "\n")
    }

    /// Adds a problem.
    ///
    /// - Parameter problem: What is wrong.
    public mutating func append(_ problem: CSVProblem) {
        if self.listed.count < Self.limit {
            self.listed.append(problem)
        } else {
            self.unlisted += 1
        }
    }

    /// Adds what another collection holds, its uncounted rest included.
    ///
    /// - Parameter others: The problems of another file or row.
    public mutating func append(contentsOf others: CSVProblems) {
        for problem in others.listed {
            self.append(problem)
        }
        self.unlisted += others.unlisted
    }

    /// Brings the problems of one file into the order of its lines; those of one line keep theirs.
    mutating func sortByLine() {
        let order = self.listed.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        self.listed = order.map(\.element)
    }
}
