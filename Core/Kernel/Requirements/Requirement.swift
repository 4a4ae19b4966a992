public import AlmanacStorage

/// Something that must be settled before a thing is final: an approval, a payment, a signed form.
///
/// The thing stays pending while any of its requirements is open. Plugins add requirements to things of other plugins:
/// Payments makes a paid booking wait for its payment. Satisfying the last one settles the thing exactly once.
public struct Requirement<Subject: PolicySubject>: Contribution {
    /// The permanent name within its plugin.
    public let name: String
    let isNeeded: @Sendable (Subject, Transaction) throws -> Bool

    /// Makes a requirement.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin.
    ///   - type: What it may hold up.
    ///   - isNeeded: Whether this subject needs it; runs in the room of its own plugin.
    public init(
        _ name: String, for type: Subject.Type = Subject.self,
        isNeeded: @escaping @Sendable (Subject, Transaction) throws -> Bool
    ) {
        self.name = name
        self.isNeeded = isNeeded
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "requirement \(self.name) for \(Subject.name)" }
}

/// A requirement whose subject type has been forgotten.
protocol AnyRequirement: Sendable {
    var subject: ObjectIdentifier { get }
    var requirementName: String { get }
    func isNeeded(by subject: Any, in tx: Transaction) throws -> Bool
}

extension Requirement: AnyRequirement {
    var subject: ObjectIdentifier { ObjectIdentifier(Subject.self) }
    var requirementName: String { self.name }

    func isNeeded(by subject: Any, in tx: Transaction) throws -> Bool {
        guard let subject = subject as? Subject else { return false }
        return try self.isNeeded(subject, tx)
    }
}
