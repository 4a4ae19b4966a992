internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension Events {
    /// Handles events again.
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay", abstract: "Let events be handled again, or by a consumer that is new.",
            discussion: """
                Deliveries that are over are made again, missing ones are made; what is not over stays as it is. The \
                effects happen once more: look with --dry-run first. A running server does the work.
                """)

        @OptionGroup var scope: Scope
        @Argument(help: "Ids of events.", transform: Events.readID)
        var events: [ID<AnyEvent>] = []
        @Option(help: "Events with this name, instead of ids.")
        var name: String?
        @Option(help: "Only events from this instant on.", transform: Events.readInstant)
        var since: Instant?
        @Option(help: "Only events before this instant.", transform: Events.readInstant)
        var until: Instant?
        @Option(help: "By this consumer (PLUGIN.NAME) only; otherwise by every one of the enabled plugins.")
        var consumer: String?
        @Flag(help: "Change nothing, say what would be done.")
        var dryRun = false

        func validate() throws {
            guard self.events.isEmpty != (self.name == nil) else {
                throw ValidationError("Name events by their ids or by --name, one of both.")
            }
            guard self.events.count <= 1_000 else { throw ValidationError("At most 1000 ids at once.") }
        }

        func run() async throws {
            var filter = EventFilter()
            filter.ids = self.events
            filter.name = self.name
            filter.since = self.since
            filter.until = self.until
            let request = EventRepair.Replay(filter, by: self.consumer)
            let isDry = self.dryRun
            var total = EventRepair.Replayed()
            try await self.scope.forEach("replay") { deployment, _, call in
                let repair = EventRepair(deployment.runtime.platform)
                let invoker = deployment.runtime.invoker
                var piece = request
                // Pieces are cut by position.
                if !isDry { try await deployment.runtime.bus.sequencer.catchUp() }
                while true {
                    let done =
                        isDry
                        ? try await invoker.run(repair.rehearsal, of: .kernel, piece, as: call)
                        : try await invoker.run(repair.replay, of: .kernel, piece, as: call)
                    total.events += done.events
                    total.again += done.again
                    total.new += done.new
                    total.waiting += done.waiting
                    guard let next = done.next else { break }
                    piece.after = next
                }
            }
            guard total.events > 0 else { throw CommandFailure("almanac: no event is meant", status: .failed) }
            self.show(total)
        }

        private func show(_ total: EventRepair.Replayed) {
            switch self.scope.output.format {
            case .text:
                let verb = self.dryRun ? "would make" : "made"
                Terminal.print(
                    "\(verb) due: \(total.again) deliveries again and \(total.new) new ones, of \(total.events) "
                        + "events; \(total.waiting) that are not over stay as they are")
            case .json:
                let result: JSON = [
                    "dryRun": .bool(self.dryRun), "events": .number(JSONNumber(total.events)),
                    "again": .number(JSONNumber(total.again)), "new": .number(JSONNumber(total.new)),
                    "waiting": .number(JSONNumber(total.waiting)),
                ]
                Terminal.print(json: result.serialized)
            }
        }
    }
}

extension Events.Dead {
    /// Which dead letters are meant.
    struct Choice: ParsableArguments {
        @OptionGroup var scope: Events.Scope
        @Argument(help: "Ids of events.", transform: Events.readID)
        var events: [ID<AnyEvent>] = []
        @Option(help: "Only those to this consumer (PLUGIN.NAME).")
        var consumer: String?
        @Flag(help: "All dead letters, of --consumer if that is named.")
        var all = false

        func validate() throws {
            guard self.events.isEmpty == self.all else {
                throw ValidationError("Name events by their ids, or say --all, one of both.")
            }
            guard self.events.count <= EventRepair.piece else {
                throw ValidationError("At most \(EventRepair.piece) ids at once.")
            }
        }

        /// Settles them, a piece at a time.
        func settle(
            _ name: String, _ verb: String, _ command: (EventRepair) -> Command<EventRepair.Letters, Int>
        ) async throws {
            var letters = EventRepair.Letters()
            letters.events = self.events
            letters.consumer = self.consumer
            let wanted = letters
            var count = 0
            try await self.scope.forEach("dead \(name)") { deployment, _, call in
                let runtime = deployment.runtime
                let command = command(EventRepair(runtime.platform))
                do {
                    while true {
                        let settled = try await runtime.invoker.run(command, of: .kernel, wanted, as: call)
                        count += settled
                        guard wanted.events.isEmpty, settled == EventRepair.piece else { break }
                    }
                } catch let refusal as Refusal where refusal.kind == .notFound {
                    // They may be another organization's.
                }
            }
            guard count > 0 else { throw CommandFailure("almanac: no dead letter is meant", status: .failed) }
            switch self.scope.output.format {
            case .text: Terminal.print("\(verb) \(count) dead \(count == 1 ? "letter" : "letters")")
            case .json: Terminal.print(json: JSON.object(["settled": .number(JSONNumber(count))]).serialized)
            }
        }
    }

    /// Lets dead letters be tried again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Let dead letters be tried again, as often as at first.",
            discussion: "A running server does the work. Where a key is parked, what waits behind goes on with it.")
        @OptionGroup var choice: Choice

        func run() async throws {
            try await self.choice.settle("retry", "made due") { $0.retry }
        }
    }

    /// Gives dead letters up.
    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Give dead letters up; what waits behind them goes on.",
            discussion: "The events stay for a while, and can be replayed.")
        @OptionGroup var choice: Choice

        func run() async throws {
            try await self.choice.settle("drop", "gave up") { $0.drop }
        }
    }
}
