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
            let answer = try await server.client.get(self.target)
            guard answer.status == 200 else { throw TestKitError("slots are refused: \(answer)") }
            let slots = try await self.load(server.port, self.target, server.processID)
            let bare = try await CeilingProcess.with(payload: answer.body) { try await self.load($0, "/bytes") }

            var table = Table("Slots over HTTP, \(self.site.storage.name), \(self.options.clients) clients")
            let p99 = slots.latencies.percentile(99)
            table.rows = [
                Row("1 provider × 28 days", slots).beside(bare.rate, of: slots.rate)
                    .limited("p99 ≤ 10 ms", isMet: p99 <= 10_000 && slots.refusals.isEmpty),
                Row("bare route, same bytes", bare),
            ]
            let count = try answer.json()["items"]?.array?.count ?? 0
            table.notes = ["\(count) slots in \(answer.body.count) bytes", slots.note]
            return table
        }
    }

    private var target: String { Self.target(on: self.site) }

    /// Asks for four weeks of one provider.
    static func target(on site: Site) -> String {
        let tomorrow = LocalDate(daysSinceEpoch: Int(Date().timeIntervalSince1970) / 86_400 + 1)
        let offer = site.lesson
        return """
            /api/v1/slots?eventType=\(offer.eventType)&provider=\(offer.providers[0])&from=\(tomorrow)\
            &to=\(tomorrow.adding(days: 27))&timeZone=Europe/Berlin
            """
    }

    /// Books an hour of every two, so that the calendar looks like one of a school.
    private func fillHalf(_ client: LoopbackClient) async throws {
        let items = try await client.get(self.target).json()["items"]?.array ?? []
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

    private func load(_ port: Int, _ target: String, _ server: Int32? = nil) async throws -> LoadResult {
        let request = LoopbackRequest("GET", target, token: nil).bytes
        return try await Load(
            port: port, clients: self.options.clients, duration: .seconds(self.options.seconds), expected: 200,
            requests: { _ in { request } }, server: server
        ).run()
    }
}
