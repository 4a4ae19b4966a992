public import AlmanacStorage

/// A decision that policies may look at, change and veto before it is written.
public protocol PolicySubject: Sendable {
    /// The permanent name, for messages.
    static var name: String { get }
}

/// When a policy has its say; phases come one after the other.
public enum PolicyPhase: Int, Sendable, CaseIterable, Comparable {
    /// Looks up facts and adds them.
    case gather
    /// Sets what follows from the facts: a price, a deadline.
    case quote
    /// Says yes or no to the whole.
    case decide

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: PolicyPhase, b: PolicyPhase) -> Bool { a.rawValue < b.rawValue }
}

/// A rule of one plugin about a decision of another, in the caller's transaction.
///
/// Policies run phase by phase, within a phase in the order of plugin ids. Throwing a ``Refusal`` vetoes the decision
/// and rolls the transaction back.
public struct Policy<Subject: PolicySubject>: Contribution {
    /// The permanent name within its plugin.
    public let name: String
    /// When it has its say.
    public let phase: PolicyPhase
    let judge: @Sendable (inout Subject, Transaction) throws -> Void

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin.
    ///   - type: What it judges.
    ///   - phase: When it has its say.
    ///   - judge: Looks at the subject, changes it, or throws to veto. It runs in the room of its own plugin.
    public init(
        _ name: String, for type: Subject.Type = Subject.self, phase: PolicyPhase = .decide,
        _ judge: @escaping @Sendable (inout Subject, Transaction) throws -> Void
    ) {
        self.name = name
        self.phase = phase
        self.judge = judge
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "policy \(self.name) for \(Subject.name)" }
}

/// A policy whose subject type has been forgotten.
protocol AnyPolicy: Sendable {
    var subject: ObjectIdentifier { get }
    /// The chain of those in `all` that judge the same subject.
    func chain(_ all: [OwnedPolicy]) -> any Sendable
}

/// A policy with the room it runs in.
struct OwnedPolicy: Sendable {
    let owner: PluginID
    let policy: any AnyPolicy
}

extension Policy: AnyPolicy {
    var subject: ObjectIdentifier { ObjectIdentifier(Subject.self) }

    func chain(_ all: [OwnedPolicy]) -> any Sendable {
        let links = all.compactMap { owned in
            (owned.policy as? Policy<Subject>).map { PolicyChain<Subject>.Link(owner: owned.owner, policy: $0) }
        }
        return PolicyChain(
            links: links.sorted {
                ($0.policy.phase, $0.owner, $0.policy.name) < ($1.policy.phase, $1.owner, $1.policy.name)
            })
    }
}

/// The policies of one subject in their order.
final class PolicyChain<Subject: PolicySubject>: Sendable {
    struct Link: Sendable {
        let owner: PluginID
        let policy: Policy<Subject>
    }

    let links: [Link]

    init(links: [Link]) { self.links = links }
}
