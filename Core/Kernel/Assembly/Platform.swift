internal import AlmanacStorage

/// The verified whole: dispatch tables that never change.
///
/// Made once by ``Assembler``; shared by everything that runs.
public final class Platform: Sendable {
    /// Everything that was contributed.
    public let graph: Graph
    private let chains: [ObjectIdentifier: any Sendable]
    private let emitters: [Namespace: Set<ObjectIdentifier>]
    /// Who handles which event.
    let consumers: ConsumerTable
    /// Wakes whoever delivers events in this process.
    let deliveries = DeliverySignal()
    /// Every permission there is.
    package let permissions: PermissionCatalog
    /// The jobs and schedules there are.
    let jobs: JobCatalog
    private let requirementsBySubject: [ObjectIdentifier: [(owner: PluginID, requirement: any AnyRequirement)]]
    /// What violated constraints mean, by plugin and name.
    let explanations: [PluginID: [String: Refusal]]
    /// Who knows the guests of a scheme, which stands in small letters; each request asks.
    let guestPasses: [String: (owner: PluginID, passes: GuestPasses)]

    init(_ graph: Graph) {
        self.graph = graph
        var policies: [ObjectIdentifier: [OwnedPolicy]] = [:]
        var emitters: [Namespace: Set<ObjectIdentifier>] = [:]
        var requirements: [ObjectIdentifier: [(owner: PluginID, requirement: any AnyRequirement)]] = [:]
        for plugin in graph.plugins {
            let id = plugin.declaration.id
            emitters[id.namespace] = Set(plugin.declaration.events.map { ObjectIdentifier($0) })
            for item in plugin.contributions.items {
                if let policy = item as? any AnyPolicy {
                    policies[policy.subject, default: []].append(OwnedPolicy(owner: id, policy: policy))
                }
                if let requirement = item as? any AnyRequirement {
                    requirements[requirement.subject, default: []].append((id, requirement))
                }
            }
        }
        self.chains = policies.compactMapValues { all in all.first?.policy.chain(all) }
        self.emitters = emitters
        self.consumers = ConsumerTable(graph)
        self.requirementsBySubject = requirements
        self.permissions = PermissionCatalog(graph.plugins)
        self.jobs = JobCatalog(graph)
        self.explanations = Dictionary(
            graph.plugins.map { plugin in
                let explained = plugin.contributions.all(Violation.self).map { ($0.constraint, $0.refusal) }
                return (plugin.declaration.id, Dictionary(explained, uniquingKeysWith: { first, _ in first }))
            }, uniquingKeysWith: { first, _ in first })
        self.guestPasses = Dictionary(
            graph.contributions(of: GuestPasses.self).map { ($0.item.scheme.lowercased(), ($0.owner, $0.item)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// What somebody with these roles may do from the start, before an organization changes anything.
    public func grants(for roles: [Role]) -> Grants {
        roles.reduce(Grants.none) { grants, role in grants.union(Grants(self.permissions.declared(for: role))) }
    }

    func policies<Subject: PolicySubject>(for type: Subject.Type) -> PolicyChain<Subject>? {
        self.chains[ObjectIdentifier(Subject.self)] as? PolicyChain<Subject>
    }

    /// The requirements for a subject, in graph order.
    func requirements<Subject: PolicySubject>(
        for type: Subject.Type
    ) -> [(owner: PluginID, requirement: any AnyRequirement)] {
        self.requirementsBySubject[ObjectIdentifier(Subject.self)] ?? []
    }

    func checkEmission<Event: DomainEvent>(of type: Event.Type, by room: Namespace) throws {
        guard self.emitters[room]?.contains(ObjectIdentifier(Event.self)) == true else {
            throw UndeclaredUse("\(room) emits \(Event.wire), but its declaration does not list it in `events`")
        }
    }
}
