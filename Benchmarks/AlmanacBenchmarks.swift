internal import ArgumentParser

/// Measures Almanac and prints each figure beside its limit and a ceiling taken in the same run.
@main
struct AlmanacBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "AlmanacBenchmarks",
        abstract: "Measure Almanac on this machine, beside ceilings taken in the same run.",
        subcommands: [Measure.self, Profile.self, CeilingServer.self], defaultSubcommand: Measure.self)
}

/// Measures what is asked for, on each database.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure; what is done without a subcommand.",
        discussion: """
            Build in release, and leave the machine alone meanwhile. Servers are the program `almanac` that stands \
            beside this one. Exits 1 when a limit is missed or a request was refused that should not be.
            """)

    @Argument(help: ArgumentHelp("What to measure: \(Figure.allCases.map(\.rawValue).joined(separator: ", "))."))
    var figures: [Figure] = [.all]
    @OptionGroup var options: Options

    func run() async throws {
        var report = Report()
        report.say(try Machine.description())
        let wanted = Set(self.figures.contains(.all) ? Figure.allCases : self.figures)
        if wanted.contains(.engine) { report.add(try EngineBenchmark(seconds: self.options.seconds).run()) }
        if wanted.contains(.access) {
            if !self.options.skipSQLite { report.add(try await AccessBenchmark.onSQLite()) }
            if self.options.postgres { report.add(try await AccessBenchmark.onPostgres()) }
        }
        if wanted.contains(.console) {
            if !self.options.skipSQLite { report.add(try await ConsoleBenchmark.onSQLite()) }
            if self.options.postgres { report.add(try await ConsoleBenchmark.onPostgres()) }
        }
        let places: [EventsPlace] =
            (self.options.skipSQLite ? [] : [.sqlite]) + (self.options.postgres ? [.postgres] : [])
        for place in places {
            // First, while little memory is in use.
            if wanted.contains(.backlog) {
                report.add(try await BacklogBenchmark(place: place, count: self.options.backlog).run())
            }
            if wanted.contains(.events) {
                report.add(try await EventsBenchmark(place: place, options: self.options).run())
            }
        }
        if wanted.contains(.signals) { report.add(await SignalsBenchmark(seconds: self.options.seconds).run()) }
        if !wanted.isDisjoint(with: Figure.needingSite) {
            if !self.options.skipSQLite {
                try await Site.withSQLite { try await self.measure(wanted, on: $0, &report) }
            }
            if self.options.postgres {
                try await Site.withPostgres { try await self.measure(wanted, on: $0, &report) }
            }
        }
        guard report.isGood else { throw ExitCode.failure }
    }

    /// Measures what needs a deployment; what fills the database comes last.
    private func measure(_ wanted: Set<Figure>, on site: Site, _ report: inout Report) async throws {
        if wanted.contains(.start) { report.add(try await StartBenchmark(site: site).run()) }
        if wanted.contains(.slots) { report.add(try await SlotsBenchmark(site: site, options: self.options).run()) }
        if wanted.contains(.reads) { report.add(try await ReadsBenchmark(site: site, options: self.options).run()) }
        if wanted.contains(.memory) { report.add(try await MemoryBenchmark(site: site, options: self.options).run()) }
        if wanted.contains(.listening) {
            report.add(try await ListeningBenchmark(site: site, options: self.options).run())
        }
        if wanted.contains(.bookings) {
            let benchmark = BookingsBenchmark(site: site, options: self.options)
            for table in try await benchmark.run() { report.add(table) }
        }
    }
}

/// What can be measured.
enum Figure: String, ExpressibleByArgument, CaseIterable {
    case engine
    case access
    case console
    case backlog
    case events
    case listening
    case slots
    case bookings
    case reads
    case start
    case memory
    case signals
    case all

    /// Those for which a server runs on a database.
    static let needingSite: Set<Self> = [.slots, .listening, .bookings, .reads, .start, .memory]
}

/// How it is measured.
struct Options: ParsableArguments {
    @Option(help: "Seconds that each load lasts, 1 to 60.")
    var seconds = 10
    @Option(help: "Clients at once, 1 to 256.")
    var clients = 16
    @Option(help: "Deliveries of the backlog, 1000 to 10000000.")
    var backlog = 1_000_000
    @Flag(help: "Measure on PostgreSQL too, on a durable cluster made for it.")
    var postgres = false
    @Flag(name: .customLong("skip-sqlite"), help: "Do not measure on SQLite.")
    var skipSQLite = false

    func validate() throws {
        guard (1...60).contains(self.seconds) else { throw ValidationError("--seconds must be 1 to 60.") }
        guard (1...256).contains(self.clients) else { throw ValidationError("--clients must be 1 to 256.") }
        guard (1_000...10_000_000).contains(self.backlog) else {
            throw ValidationError("--backlog must be 1000 to 10000000.")
        }
        guard self.postgres || !self.skipSQLite else {
            throw ValidationError("--skip-sqlite leaves nothing: add --postgres.")
        }
    }
}
