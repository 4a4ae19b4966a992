import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The disk fails or is full while people book: nobody is told that something is kept which is not, and when the disk is
/// well again so is the program.
struct DiskFaultTests {
    private static let faults = [
        SystemCallFault(.error("EIO"), at: "fdatasync"), SystemCallFault(.error("ENOSPC"), at: "fdatasync", .oneOf(3)),
        SystemCallFault(.error("ENOSPC"), at: "pwrite64"), SystemCallFault(.error("EIO"), at: "pwrite64", .oneOf(20)),
    ]

    @Test func sqliteOnADiskThatFails() async throws {
        try await withSchool(.sqlite, files: BusySchool.files, plugins: BusySchool.plugins) { school in
            try await Self.fail(school, .sqlite) { [$0.processID] }
        }
    }

    @Test func postgresOnADiskThatFails() async throws {
        try await withPostgresCluster { cluster in
            let storage = cluster.storage
            try await withSchool(on: storage, files: BusySchool.files, plugins: BusySchool.plugins) { school in
                try await Self.fail(school, .postgres) { _ in cluster.children }
            }
        }
    }

    /// Books with each fault for a while, and looks for what was acknowledged when it is over.
    private static func fail(
        _ school: School, _ engine: TestEngine, _ victims: (ServerProcess) throws -> [Int32]
    ) async throws {
        var account = BookingAccount()
        try await school.serve { server in
            let load = try await server.load()
            for fault in self.faults {
                let attempts = try await fault.inject(into: try victims(server.process)) {
                    let deadline = ContinuousClock.now + .seconds(1)
                    return await load.run(on: server.client, clients: 4) { ContinuousClock.now > deadline }
                }
                let statuses = Set(attempts.map { $0.answer?.status ?? 0 })
                #expect(statuses.contains(503), "\(fault): \(statuses)")
                #expect(statuses.isSubset(of: [201, 503]), "\(fault): \(statuses)")
                _ = try await server.becomesReady(since: ContinuousClock.now)
                try await account.settle(attempts, of: load, on: server)
            }
            try await school.handlesAllEvents()
            #expect(server.process.isRunning)
        }
        try await school.isWhole(engine, bookings: account.bookings)
        print(
            "disk faults on \(engine): \(account.refused) of \(account.bookings) refused, \(account.done) of them done")
    }
}
