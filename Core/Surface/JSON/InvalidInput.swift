/// Everything that is wrong with an input, in the order in which it was found.
public struct InvalidInput: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong; never empty.
    public let errors: [FieldError]

    /// States what is wrong.
    public init(_ errors: [FieldError]) { self.errors = errors }

    /// States one thing that is wrong.
    public init(pointer: String, code: String, detail: String) {
        self.errors = [FieldError(pointer: pointer, code: code, detail: detail)]
    }

    /// One line an error.
    public var description: String {
        self.errors.map { $0.pointer.isEmpty ? $0.detail : "\($0.pointer): \($0.detail)" }.joined(separator: "\n")
    }
}
