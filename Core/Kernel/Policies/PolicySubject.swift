/// A decision that policies may look at, change and veto before it is written.
public protocol PolicySubject: Sendable {
    /// The permanent name, for messages.
    static var name: String { get }
    /// What policies may set of it; each by one policy of a deployment. None unless stated: then nobody looks at what is
    /// set.
    static var facts: [Fact<Self>] { get }
    /// Whether policies may name locks; `true` unless stated.
    ///
    /// A command that has to lock other things before the subject is known cannot take more of them then.
    static var allowsLocks: Bool { get }
}

extension PolicySubject {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var facts: [Fact<Self>] { [] }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static var allowsLocks: Bool { true }
}

/// Something of a decision that a policy may set: a price, a deadline.
///
/// Two policies that set the same one would undo each other's work depending on their order, so a deployment with both
/// does not assemble.
public struct Fact<Subject: Sendable>: Sendable {
    /// The permanent name within the subject.
    public let name: String
    private let isSame: @Sendable (Subject, Subject) -> Bool

    /// Describes a fact.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the subject.
    ///   - value: Reads it.
    public init<Value: Equatable & Sendable>(_ name: String, _ value: @escaping @Sendable (Subject) -> Value) {
        self.name = name
        self.isSame = { value($0) == value($1) }
    }

    func differs(_ before: Subject, _ after: Subject) -> Bool { !self.isSame(before, after) }
}
