internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension Events {
    /// Lists events.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the latest events, latest first, with how far their deliveries are.")

        @OptionGroup var scope: Scope
        @Option(help: "Only events with this name.")
        var name: String?
        @Option(help: "Only events that this consumer (PLUGIN.NAME) is told of.")
        var consumer: String?
        @Option(help: "Only events with a delivery in this state.", transform: Events.readState)
        var state: DeliveryState?
        @Option(help: "Only events from this instant on.", transform: Events.readInstant)
        var since: Instant?
        @Option(help: "How many for each organization, 1 to 1000.")
        var limit = 50

        func validate() throws {
            guard (1...1_000).contains(self.limit) else { throw ValidationError("--limit must be 1 to 1000.") }
        }

        func run() async throws {
            var filter = EventFilter()
            filter.name = self.name
            filter.consumer = self.consumer
            filter.state = self.state
            filter.since = self.since
            let request = EventLookup.Request(filter, limit: self.limit)
            var found: [(Organization, [StoredEvent])] = []
            try await self.scope.forEach("list") { deployment, organization, call in
                let events = try await deployment.runtime.invoker.run(
                    EventLookup.list, of: .kernel, request, as: call)
                found.append((organization, events))
            }
            switch self.scope.output.format {
            case .text:
                let lines = found.flatMap { organization, events in
                    events.map { EventView($0, organization.slug).line }
                }
                Terminal.print(lines.isEmpty ? "no events" : lines.joined(separator: "\n"))
            case .json:
                let events = found.flatMap { organization, events in
                    events.map { EventView($0, organization.slug).json }
                }
                Terminal.print(json: JSON.object(["events": .array(events)]).serialized)
            }
        }
    }

    /// Shows one event.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show an event with its facts and its deliveries.")

        @OptionGroup var scope: Scope
        @Argument(help: "The event's id.", transform: Events.readID)
        var event: ID<AnyEvent>

        func run() async throws {
            let id = self.event
            var shown: EventView?
            try await self.scope.forEach("show") { deployment, organization, call in
                guard shown == nil else { return }
                do {
                    let event = try await deployment.runtime.invoker.run(
                        EventLookup.show, of: .kernel, id, as: call)
                    shown = EventView(event, organization.slug)
                } catch let refusal as Refusal where refusal.kind == .notFound {
                    // It may be another organization's.
                }
            }
            guard let shown else { throw Refusal.notFound("event: \(id)") }
            switch self.scope.output.format {
            case .text: Terminal.print(shown.text)
            case .json: Terminal.print(json: shown.json.serialized)
            }
        }
    }
}

extension Events.Dead {
    /// Lists dead letters.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List dead letters, oldest first.",
            discussion: "BEHIND counts deliveries with the same ordering key that are not over.")

        @OptionGroup var scope: Events.Scope
        @Option(help: "Only those to this consumer (PLUGIN.NAME).")
        var consumer: String?
        @Option(help: "How many for each organization, 1 to 1000.")
        var limit = 100

        func validate() throws {
            guard (1...1_000).contains(self.limit) else { throw ValidationError("--limit must be 1 to 1000.") }
        }

        func run() async throws {
            var filter = EventFilter()
            filter.consumer = self.consumer
            let request = EventLookup.Request(filter, limit: self.limit)
            var found: [(Organization, [DeadLetter])] = []
            try await self.scope.forEach("dead list") { deployment, organization, call in
                let letters = try await deployment.runtime.invoker.run(
                    EventLookup.dead, of: .kernel, request, as: call)
                found.append((organization, letters))
            }
            let views = found.flatMap { organization, letters in
                letters.map { DeadLetterView($0, organization.slug) }
            }
            switch self.scope.output.format {
            case .text: Terminal.print(views.isEmpty ? "no dead letters" : views.map(\.line).joined(separator: "\n"))
            case .json: Terminal.print(json: JSON.object(["letters": .array(views.map(\.json))]).serialized)
            }
        }
    }
}
