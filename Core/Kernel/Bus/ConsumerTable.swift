internal import AlmanacStorage

/// One consumer of events: everything a plugin handles under one name.
struct Consumer: Sendable {
    /// `plugin.name`, under which deliveries are stored.
    let id: String
    /// Whose code runs.
    let owner: PluginID
    let retries: RetryPolicy
    let afterDead: AfterDead
    fileprivate(set) var handlers: [WireName: any AnyEventHandler]

    /// What whoever watches is told of.
    var work: WorkName { WorkName("on.\(self.id.dropFirst(self.owner.name.count + 1))", of: self.owner) }
}

/// A handler with the conversions that lead to the form it reads.
struct Reading: Sendable {
    let handler: any AnyEventHandler
    let upcasters: [Upcaster]

    /// Converts the event as far as needed and handles it.
    func handle(_ event: DeliveredEvent, in tx: Transaction) throws {
        var event = event
        for upcaster in self.upcasters { event = try event.upcast(by: upcaster) }
        try self.handler.deliver(event, in: tx)
    }
}

/// Who handles which event: frozen with the platform.
struct ConsumerTable: Sendable {
    /// By their ids.
    let consumers: [String: Consumer]
    /// The ids, sorted: an order that is the same everywhere.
    let ids: [String]
    private let subscribers: [WireName: [String]]
    private let upcasters: [WireName: Upcaster]

    init(_ graph: Graph) {
        var consumers: [String: Consumer] = [:]
        var subscribers: [WireName: [String]] = [:]
        for plugin in graph.plugins {
            let owner = plugin.declaration.id
            for case let handler as any AnyEventHandler in plugin.contributions.items {
                let id = "\(owner).\(handler.consumerName)"
                subscribers[handler.wire, default: []].append(id)
                let known = consumers[id]
                var consumer =
                    known
                    ?? Consumer(
                        id: id, owner: owner, retries: handler.retries, afterDead: handler.afterDead, handlers: [:])
                consumer.handlers[handler.wire] = handler
                consumers[id] = consumer
            }
        }
        self.consumers = consumers
        self.ids = consumers.keys.sorted()
        self.subscribers = subscribers
        self.upcasters = Dictionary(
            graph.contributions(of: Upcaster.self).map { ($0.item.from, $0.item) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Who gets a delivery when an event is emitted, in graph order.
    func subscribers(of wire: WireName) -> [String] { self.subscribers[wire] ?? [] }

    /// How a consumer reads an event; `nil` when this program has no handler that its version leads to.
    func reading(of wire: WireName, for consumer: Consumer) -> Reading? {
        var wire = wire
        var path: [Upcaster] = []
        while true {
            if let handler = consumer.handlers[wire] { return Reading(handler: handler, upcasters: path) }
            guard let upcaster = self.upcasters[wire] else { return nil }
            path.append(upcaster)
            wire = upcaster.to
        }
    }
}
