internal import AlmanacTestKit
internal import Foundation

/// Resident memory of the server after ten thousand bookings.
struct MemoryBenchmark {
    let site: Site
    let options: Options

    private static let bookings = 10_000

    func run() async throws -> Table {
        try await self.site.program.serve { server in
            let fresh = try self.resident(server, "VmRSS")
            let result = try await self.book(server)
            let full = try self.resident(server, "VmRSS")
            let peak = try self.resident(server, "VmHWM")

            var table = Table("Memory, \(self.site.storage.name)")
            let enough = result.latencies.count >= Self.bookings && result.refusals.isEmpty
            var row = Row("after 10,000 bookings", Format.mebibytes(full))
            row.ceiling = Format.mebibytes(fresh)
            row.ratio = Format.fixed(Double(fresh) / Double(full), 2)
            table.rows = [row.limited("≤ 100 MB", isMet: enough && full <= 100 << 20)]
            table.notes = [
                "ceiling: just started; peak \(Format.mebibytes(peak)); \(result.latencies.count) bookings by "
                    + "\(self.options.clients) clients",
                result.note,
            ]
            return table
        }
    }

    private func book(_ server: ServerProcess) async throws -> LoadResult {
        let clients = self.options.clients
        let requests = BookingRequests(self.site)
        return try await Load(
            port: server.port, clients: clients, duration: .seconds(60), warmUp: .zero,
            limit: (Self.bookings + clients - 1) / clients, expected: 201,
            requests: { requests.source($0, of: clients) }, server: server.processID
        ).run()
    }

    /// A field of /proc/PID/status in bytes.
    private func resident(_ server: ServerProcess, _ field: String) throws -> Int {
        guard let text = Machine.field(field, in: "/proc/\(server.processID)/status"),
            let kibibytes = text.split(separator: " ").first.flatMap({ Int($0) })
        else { throw TestKitError("/proc/\(server.processID)/status does not tell \(field)") }
        return kibibytes * 1_024
    }
}
