public import AlmanacStorage

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
/// Policies run phase by phase, within a phase in graph order: those of a plugin after those of the plugins it needs, of
/// one plugin by name. Throwing a ``Refusal`` vetoes the decision and rolls the transaction back. The locks of all
/// policies are taken together before the first one runs.
public struct Policy<Subject: PolicySubject>: Contribution {
    /// The permanent name within its plugin.
    public let name: String
    /// When it has its say.
    public let phase: PolicyPhase
    /// The facts it sets, by name.
    let facts: Set<String>
    let locks: (@Sendable (Subject, ReadTransaction) throws -> [LockKey])?
    let judge: @Sendable (inout Subject, Transaction) throws -> Void

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin.
    ///   - type: What it judges.
    ///   - phase: When it has its say.
    ///   - facts: What it sets, of the subject's ``PolicySubject/facts``; setting others is a mistake that it throws.
    ///   - locks: What it must have to itself to judge this subject. It reads in the room of its own plugin, without a
    ///     lock: what it read may have changed when `judge` runs.
    ///   - judge: Looks at the subject, changes it, or throws to veto. It runs in the room of its own plugin.
    public init(
        _ name: String, for type: Subject.Type = Subject.self, phase: PolicyPhase = .decide,
        sets facts: [Fact<Subject>] = [],
        locks: (@Sendable (Subject, ReadTransaction) throws -> [LockKey])? = nil,
        _ judge: @escaping @Sendable (inout Subject, Transaction) throws -> Void
    ) {
        self.name = name
        self.phase = phase
        self.facts = Set(facts.map(\.name))
        self.locks = locks
        self.judge = judge
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "policy \(self.name) for \(Subject.name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        let known = Set(Subject.facts.map(\.name))
        let unknown = self.facts.subtracting(known).sorted().map {
            "sets \($0), which is no fact of \(Subject.name)"
        }
        let all = graph.contributions(of: Policy<Subject>.self)
        let shared = self.facts.sorted().compactMap { fact -> String? in
            // Of several writers the first in graph order is left alone: one cause, one message.
            guard let first = all.first(where: { $0.item.facts.contains(fact) }),
                first.owner != owner.id || first.item.name != self.name
            else { return nil }
            return "sets the fact \(fact), which policy \(first.item.name) of \(first.owner) sets too: "
                + "only one of them can be switched on"
        }
        let locking =
            self.locks == nil || Subject.allowsLocks
            ? [] : ["names locks, but what decides about \(Subject.name) has taken its locks before"]
        return unknown + shared + locking
    }
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
        // In graph order, as they were collected.
        let owners = all.map(\.owner)
        let links = all.compactMap { owned in
            (owned.policy as? Policy<Subject>).map { policy in
                PolicyChain<Subject>.Link(
                    owner: owned.owner, rank: owners.firstIndex(of: owned.owner) ?? 0, policy: policy)
            }
        }
        return PolicyChain(
            links: links.sorted {
                ($0.policy.phase, $0.rank, $0.policy.name) < ($1.policy.phase, $1.rank, $1.policy.name)
            })
    }
}

/// The policies of one subject in their order.
final class PolicyChain<Subject: PolicySubject>: Sendable {
    struct Link: Sendable {
        let owner: PluginID
        /// Where its plugin stands in the graph.
        let rank: Int
        let policy: Policy<Subject>
    }

    private let links: [Link]
    private let isLocking: Bool

    init(links: [Link]) {
        self.links = links
        self.isLocking = links.contains { $0.policy.locks != nil }
    }

    /// What all policies must have to themselves to judge these subjects, sorted.
    func locks(for subjects: [Subject], in tx: ReadTransaction) throws -> [LockKey] {
        guard self.isLocking else { return [] }
        var keys: Set<LockKey> = []
        for link in self.links {
            guard let locks = link.policy.locks else { continue }
            for subject in subjects { keys.formUnion(try locks(subject, tx.entering(link.owner.namespace))) }
        }
        return keys.sorted()
    }

    /// Takes the locks, then lets every policy judge.
    func decide(_ subject: inout Subject, in tx: Transaction) throws {
        let missing = try self.locks(for: [subject], in: tx.reading).filter { !tx.heldLocks.contains($0) }
        guard missing.isEmpty || tx.heldLocks.isEmpty else {
            // Taking them now would work or fail depending on how they happen to sort.
            throw UndeclaredUse(
                "\(tx.room) decides about \(Subject.name) after it has locked other things: it must take what "
                    + "`tx.locks(for:)` names along with those")
        }
        if !missing.isEmpty { try tx.lock(missing) }
        for link in self.links {
            let before = subject
            try link.policy.judge(&subject, tx.entering(link.owner.namespace))
            for fact in Subject.facts where fact.differs(before, subject) && !link.policy.facts.contains(fact.name) {
                throw UndeclaredUse(
                    "policy \(link.policy.name) of \(link.owner) sets \(fact.name) of \(Subject.name), but does not "
                        + "list it in `sets`")
            }
        }
    }
}
