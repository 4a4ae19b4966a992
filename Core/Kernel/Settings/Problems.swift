/// Everything that is wrong with a deployment, found in one run.
public struct Problems: Error, Sendable, Equatable, CustomStringConvertible {
    /// The problems, in the order of the files and lines they stand in; those without a position come last.
    public let all: [Problem]

    /// Collects problems and brings them into reading order.
    ///
    /// - Parameter all: What was found; problems of one place keep their order.
    public init(_ all: [Problem]) {
        let ranked = all.enumerated().sorted { left, right in
            switch (left.element.position, right.element.position) {
            case (let first?, let second?) where first != second: first < second
            case (.some, nil): true
            case (nil, .some): false
            default: left.offset < right.offset
            }
        }
        self.all = ranked.map(\.element)
    }

    /// One problem a line.
    public var description: String { self.all.map(\.description).joined(separator: "\n") }
}
