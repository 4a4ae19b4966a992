import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The program is killed again and again while people book: what it acknowledged is there, and nothing is there by half.
///
/// Each kill strikes at a system call of its own choosing: before a commit reaches the disk, in the middle of writing
/// one, between the statements of a transaction, between a commit and its answer. Where strace is not allowed to attach,
/// it strikes at random.
struct KillSweepTests {
    /// With ALMANAC_LONG=1 as often as the product promises, otherwise often enough to notice.
    private static let kills = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1" ? 200 : 4
    private static let clients = 8

    @Test(arguments: TestEngine.allCases)
    func losesNothingItAcknowledgedHoweverOftenItIsKilled(_ engine: TestEngine) async throws {
        try await withSchool(engine, files: BusySchool.files, plugins: BusySchool.plugins) { school in
            var sweep = Sweep(engine: engine)
            while sweep.kills < Self.kills {
                try #require(sweep.trials < 2 * Self.kills, "too few kills met a request: \(sweep)")
                let begun = ContinuousClock.now
                try await school.serve { server in
                    sweep.starts.append(try await server.becomesReady(since: begun))
                    try await sweep.trial(on: server, clients: Self.clients)
                }
            }
            try await school.serve { server in
                try await sweep.settle(on: server)
                try await school.handlesAllEvents()
            }
            try await school.isWhole(engine, bookings: sweep.account.bookings)
            if Self.kills >= 200 { #expect(sweep.starts.max() ?? .zero <= .seconds(2), "\(sweep)") }
            print(sweep)
        }
    }

    /// The course of a sweep.
    private struct Sweep: CustomStringConvertible {
        let engine: TestEngine
        var load: BookingLoad?
        var account = BookingAccount()
        var trials = 0
        /// Kills that met a request at least.
        var kills = 0
        /// Those at a system call of which it is known that it was the last one.
        var aimed = 0
        var starts: [Duration] = []
        private var open: [BookingLoad.Attempt] = []
        private var random = SystemRandomNumberGenerator()

        init(engine: TestEngine) { self.engine = engine }

        var description: String {
            "kill sweep on \(self.engine): \(self.kills) of \(self.trials) kills met requests, \(self.aimed) at a call; "
                + "\(self.account.bookings) bookings; \(self.account.unanswered) requests without an answer, "
                + "\(self.account.done) of them done; slowest start \(self.starts.max() ?? .zero)"
        }

        /// A call of the program at which it dies, in the middle of what it does under load.
        private mutating func fault() -> SystemCallFault {
            let calls: [(String, Int)] =
                switch self.engine {
                case .sqlite: [("fdatasync", 8), ("pwrite64", 40), ("pwrite64", 40), ("writev", 8)]
                case .postgres: [("sendto", 40), ("sendto", 40), ("sendto", 40), ("writev", 8)]
                }
            let (call, most) = calls[Int.random(in: 0..<calls.count, using: &self.random)]
            return SystemCallFault(.kill, at: call, .once(Int.random(in: 1...most, using: &self.random)))
        }

        /// Looks at what the last trial left, and books until the program has been killed again.
        mutating func trial(on server: SchoolServer, clients: Int) async throws {
            try await self.settle(on: server)
            if self.load == nil { self.load = try await server.load() }
            let load = try #require(self.load)
            let process = server.process
            let fault = self.fault()
            self.trials += 1
            do {
                self.open = try await fault.inject(into: [process.processID]) {
                    async let attempts = load.run(on: server.client, clients: clients) { !process.isRunning }
                    // Past the time it is killed all the same: no thread has made the call so often.
                    let begun = ContinuousClock.now
                    await process.awaitEnd(within: .seconds(3))
                    if ContinuousClock.now - begun < .seconds(3) { self.aimed += 1 }
                    return await attempts
                }
            } catch is TestKitError {
                async let attempts = load.run(on: server.client, clients: clients) { !process.isRunning }
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...800, using: &self.random)))
                await process.kill()
                self.open = await attempts
            }
            if self.open.contains(where: { $0.answer == nil }) { self.kills += 1 }
        }

        /// Looks at what the last trial left.
        mutating func settle(on server: SchoolServer) async throws {
            guard let load = self.load else { return }
            try await self.account.settle(self.open, of: load, on: server)
            self.open = []
        }
    }
}
