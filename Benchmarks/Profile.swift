internal import AlmanacStorage
internal import AlmanacTestKit
internal import ArgumentParser
internal import Foundation

/// Does one thing over and over in this process, one after the other: for `perf` and `valgrind --tool=callgrind`.
///
/// What is counted there does not depend on what else the machine does.
struct Profile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Repeat one operation in this process, for a profiler.",
        discussion: "Runs on SQLite, from the request to its answer, without sockets.")

    /// What is repeated.
    enum Operation: String, ExpressibleByArgument, CaseIterable {
        case bookings
        case slots
        case teamSlots = "team-slots"
        case statements
    }

    @Argument(help: ArgumentHelp("What to repeat: \(Operation.allCases.map(\.rawValue).joined(separator: ", "))."))
    var operation: Operation
    @Option(help: "How often, 1 to 1000000.")
    var count = 500

    func validate() throws {
        guard (1...1_000_000).contains(self.count) else { throw ValidationError("--count must be 1 to 1000000.") }
    }

    func run() async throws {
        try await Site.withSQLite { site in
            try await EmbeddedPlatform.with(copyOf: site) { platform in
                let begin = ContinuousClock.now
                switch self.operation {
                case .bookings: try await self.book(site, platform)
                case .slots: try await self.ask(SlotsBenchmark.target(on: site), site, platform)
                case .statements: try await self.show(site, platform)
                case .teamSlots: try await self.ask(SlotsBenchmark.teamTarget(on: site), site, platform)
                }
                Report().say("\(self.count) \(self.operation.rawValue) in \(ContinuousClock.now - begin)")
            }
        }
    }

    private func book(_ site: Site, _ platform: EmbeddedPlatform) async throws {
        let requests = BookingRequests(site)
        let providers = site.quarterHour.providers
        for turn in 0..<self.count {
            let index = turn % providers.count
            guard let start = site.diary.slot(of: index) else { throw TestKitError("no slot is left") }
            let body = requests.body(start, with: providers[index])
            let answer = await platform.client(token: site.token(of: turn)).post("/api/v1/bookings", body)
            guard answer.status == 201 else { throw TestKitError("a booking is refused: \(answer)") }
        }
    }

    /// Says what a booking asks of the database.
    private func show(_ site: Site, _ platform: EmbeddedPlatform) async throws {
        let requests = BookingRequests(site)
        // The first ones fill caches.
        for quarter in 40..<42 { _ = try await platform.capture(requests, quarter: quarter) }
        for statement in try await platform.capture(requests, quarter: 42).statements { Report().say(statement.text) }
    }

    private func ask(_ target: String, _ site: Site, _ platform: EmbeddedPlatform) async throws {
        for turn in 0..<self.count {
            let answer = await platform.client(token: site.token(of: turn)).get(target)
            guard answer.status == 200 else { throw TestKitError("slots are refused: \(answer)") }
        }
    }
}
