internal import AlmanacStorage
internal import AlmanacTestKit

/// Reads with a token, beside a bare route that encodes a value of the same shape.
struct ReadsBenchmark {
    let site: Site
    let options: Options

    func run() async throws -> Table {
        try await self.site.program.serve { server in
            let bookings = try await self.book(server.client)
            let booking = try await self.load(server.port, server.processID) { client in
                let client = client % bookings.count
                return LoopbackRequest(
                    "GET", "/api/v1/bookings/\(bookings[client])", token: self.site.token(of: client))
            }
            let me = try await self.load(server.port, server.processID) { client in
                LoopbackRequest("GET", "/api/v1/me", token: self.site.token(of: client))
            }
            let bare = try await CeilingProcess.with { port in
                try await self.load(port) { _ in LoopbackRequest("GET", "/json", token: nil) }
            }
            var table = Table("Authenticated reads, \(self.site.storage.name), \(self.options.clients) clients")
            table.rows = [
                Row("a booking by its id", booking).beside(bare.rate, of: booking.rate),
                Row("who am I", me).beside(bare.rate, of: me.rate),
                Row("bare JSON route", bare),
            ]
            table.notes = ["booking: \(booking.note)", "who am I: \(me.note)"]
            return table
        }
    }

    /// Makes one booking for each account and returns their ids.
    private func book(_ client: LoopbackClient) async throws -> [String] {
        let requests = BookingRequests(self.site)
        var ids: [String] = []
        for index in self.site.tokens.indices {
            let request = requests.request(
                self.site.diary.spare(index), with: self.site.quarterHour.providers[0],
                token: self.site.token(of: index))
            let answer = try await client.send(request)
            guard answer.status == 201, let id = try answer.json()["id"]?.string else {
                throw TestKitError("a slot cannot be booked: \(answer)")
            }
            ids.append(id)
        }
        return ids
    }

    private func load(
        _ port: Int, _ server: Int32? = nil, _ request: @escaping @Sendable (Int) -> LoopbackRequest
    ) async throws -> LoadResult {
        try await Load(
            port: port, clients: self.options.clients, duration: .seconds(self.options.seconds), expected: 200,
            requests: { client in
                let bytes = request(client).bytes
                return { bytes }
            }, server: server
        ).run()
    }
}
