internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// Lets synthetic customers come for some weeks, on a database that is thrown away.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rehearse some weeks of the business with customers who are made up.",
        discussion: """
            Customers look for appointments of the demo data, hold, book, move and call them off, come or do not come, \
            under a virtual clock and on a database that is thrown away. Reports how busy everybody was, what was refused \
            and why, and whether everything held that must. The same seed gives the same report. Ends with 1 when \
            something did not hold.
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Option(help: "How many weeks, 1 to 104.")
    var weeks = 4
    @Option(help: "What everything drawn depends on.")
    var seed: UInt64 = 1
    @Option(help: "The date on which it begins.")
    var from = "2026-03-02"
    @Flag(help: "The same as --format json.")
    var json = false

    func validate() throws {
        guard 1...104 ~= self.weeks else { throw ValidationError("--weeks must be 1 to 104.") }
        guard LocalDate(self.from) != nil else { throw ValidationError("--from must be a date as 2026-03-02.") }
    }

    func run() async throws {
        let blueprint = try self.manifest.blueprint()
        guard let start = LocalDate(self.from)?.startInUTC else { return }
        let outcome = try await SimulatedDeployment(blueprint, manifestPath: self.manifest.manifest).run(
            weeks: self.weeks, seed: self.seed, from: start)
        if self.json || self.output.format == .json {
            Terminal.print(json: outcome.json.serialized)
        } else {
            for line in outcome.lines { Terminal.print(line) }
        }
        guard outcome.isSound else {
            throw CommandFailure("almanac: something did not hold that must: see the report", status: .failed)
        }
    }
}

extension LocalDate {
    /// Where the date begins in UTC.
    fileprivate var startInUTC: Instant { Instant(seconds: Int64(self.daysSinceEpoch) * 86_400) }
}
