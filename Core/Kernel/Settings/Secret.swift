/// A value that must not be printed: a password, a key, a token.
///
/// It shows itself as `•••` wherever Swift prints values: in interpolation, `print`, `debugPrint`, `dump`, test
/// failures and logs. Only ``reveal()`` gives it away; call that where the value is used, not where it is passed on.
public struct Secret: Sendable {
    private let bytes: [UInt8]

    /// Wraps a value.
    ///
    /// - Parameter value: What must not be printed.
    public init(_ value: String) {
        self.bytes = Array(value.utf8)
    }

    /// The value itself.
    public func reveal() -> String { String(decoding: self.bytes, as: UTF8.self) }

    /// Whether there is nothing in it.
    public var isEmpty: Bool { self.bytes.isEmpty }
}

extension Secret: Equatable {
    /// Whether both hold the same bytes; takes the same time wherever they differ.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.bytes.count == right.bytes.count else { return false }
        return zip(left.bytes, right.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `•••`.
    public var description: String { "•••" }

    /// Always `•••`.
    public var debugDescription: String { "•••" }

    /// Shows nothing of the value, not even its length.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
