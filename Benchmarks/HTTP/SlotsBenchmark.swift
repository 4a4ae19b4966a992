internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation

/// Free slots of one provider × 28 days over HTTP, beside a bare route that answers the same bytes.
struct SlotsBenchmark {
    let site: Site
    let options: Options

    func run() async throws -> Table {
        try await self.site.program.serve { server in
            try await self.fillHalf(server.client)
            var table = Table("Slots over HTTP, \(self.site.storage.name)")
            try await self.measure(
                "1 provider × 28 days", Self.target(on: self.site), clients: self.options.clients, server, &table)
            // As many as there are processors: with more the figure would be of waiting in line.
            try await self.measure(
                "50 providers × 30 days", Self.teamTarget(on: self.site), clients: 2, server, &table)
            return table
        }
    }

    private func measure(
        _ name: String, _ target: String, clients: Int, _ server: ServerProcess, _ table: inout Table
    ) async throws {
        let answer = try await server.client.get(target)
        guard answer.status == 200 else { throw TestKitError("slots are refused: \(answer)") }
        let slots = try await self.load(server.port, target, clients, server.processID)
        let bare = try await CeilingProcess.with(payload: answer.body) { try await self.load($0, "/bytes", clients) }
        let p99 = slots.latencies.percentile(99)
        table.rows += [
            Row(name, slots).beside(bare.rate, of: slots.rate)
                .limited("p99 ≤ 10 ms", isMet: p99 <= 10_000 && slots.refusals.isEmpty),
            Row("bare route, same bytes", bare),
        ]
        let count = try answer.json()["items"]?.array?.count ?? 0
        table.notes.append("\(name), \(clients) clients: \(count) slots in \(answer.body.count) bytes; \(slots.note)")
    }

    /// Asks for four weeks of one provider.
    static func target(on site: Site) -> String {
        Self.target(of: site.lesson.eventType, days: 28) + "&provider=\(site.lesson.providers[0])"
    }

    /// Asks for thirty days of whoever is in the team.
    static func teamTarget(on site: Site) -> String { Self.target(of: site.teamLesson.eventType, days: 30) }

    private static func target(of eventType: String, days: Int) -> String {
        let tomorrow = LocalDate(daysSinceEpoch: Int(Date().timeIntervalSince1970) / 86_400 + 1)
        return "/api/v1/slots?eventType=\(eventType)&from=\(tomorrow)&to=\(tomorrow.adding(days: days - 1))"
            + "&timeZone=Europe/Berlin"
    }

    /// Books an hour of every two, so that the calendar looks like one of a school.
    private func fillHalf(_ client: LoopbackClient) async throws {
        let items = try await client.get(Self.target(on: self.site)).json()["items"]?.array ?? []
        var next = ""
        for item in items {
            guard let start = item["start"]?.string, start >= next, let instant = Instant(rfc3339: start) else {
                continue
            }
            let body: JSON = [
                "eventType": .string(self.site.lesson.eventType), "provider": .string(self.site.lesson.providers[0]),
                "start": .string(start),
            ]
            let answer = try await client.post("/api/v1/bookings", token: self.site.token(of: 0), body)
            guard answer.status == 201 else { throw TestKitError("a lesson cannot be booked: \(answer)") }
            next = instant.adding(minutes: 120).rfc3339
        }
    }

    private func load(
        _ port: Int, _ target: String, _ clients: Int, _ server: Int32? = nil
    ) async throws -> LoadResult {
        let request = LoopbackRequest("GET", target, token: nil).bytes
        return try await Load(
            port: port, clients: clients, duration: .seconds(self.options.seconds), expected: 200,
            requests: { _ in { request } }, server: server
        ).run()
    }
}
