internal import AlmanacStorage
internal import AlmanacTestKit

/// Bookings over HTTP with sign-in, permission, claim check, audit and outbox, beside their statements alone.
struct BookingsBenchmark {
    let site: Site
    let options: Options

    /// One table for each number of clients; the limit holds for the first.
    func run() async throws -> [Table] {
        switch self.site.storage {
        case .sqlite: try await self.onSQLite()
        case .postgres(let cluster): try await self.onPostgres(cluster)
        }
    }

    private var clientCounts: [Int] {
        [self.options.clients] + [1, 64].filter { $0 != self.options.clients }
    }

    private func onSQLite() async throws -> [Table] {
        try await EmbeddedPlatform.with(copyOf: self.site) { platform in
            let ceiling = try await SQLiteCeiling(platform, self.site)
            return try await self.site.program.serve { server in
                var tables: [Table] = []
                for clients in self.clientCounts {
                    let bare = try await ceiling.run(writers: clients, seconds: self.options.seconds)
                    let inProcess = try await self.inProcess(platform, clients)
                    let http = try await self.load(server, clients)
                    var table = self.table(clients, http)
                    var row = Row("bookings over HTTP", http).beside(bare.load.rate, of: http.rate)
                    if clients == self.options.clients {
                        row = row.limited("≥ 4,000/s", isMet: http.rate >= 4_000 && http.refusals.isEmpty)
                    }
                    table.rows = [
                        row,
                        Row("without HTTP, in process", inProcess.load).beside(bare.load.rate, of: inProcess.load.rate),
                        Row("bare statements", bare.load),
                    ]
                    table.notes += [
                        "\(ceiling.statementCount) statements a booking",
                        "transactions a commit: \(Format.fixed(inProcess.groupSize, 1)) in process, "
                            + "\(Format.fixed(bare.groupSize, 1)) bare",
                    ]
                    tables.append(table)
                }
                return tables
            }
        }
    }

    private func onPostgres(_ cluster: PostgresCluster) async throws -> [Table] {
        try await self.site.program.serve { server in
            let most = self.clientCounts.max() ?? 1
            let ceiling = try await PgbenchCeiling(cluster, self.site, server, clients: most)
            var tables: [Table] = []
            for clients in self.clientCounts {
                let http = try await self.load(server, clients)
                // As many as over HTTP in the same time, and two seconds more to warm up.
                let transactions = http.rate * Double(self.options.seconds + 2) / Double(clients)
                let pgbench = try ceiling.run(clients: clients, transactions: Int(transactions))
                var table = self.table(clients, http)
                var row = Row("bookings over HTTP", http).beside(pgbench.rate, of: http.rate)
                if clients == self.options.clients {
                    row = row.limited("ratio ≥ 0.5", isMet: http.rate >= 0.5 * pgbench.rate && http.refusals.isEmpty)
                }
                table.rows = [row, Row("same statements in pgbench", pgbench)]
                table.notes.append("\(ceiling.statementCount) statements a booking, one round trip each in pgbench")
                tables.append(table)
            }
            return tables
        }
    }

    private func table(_ clients: Int, _ http: LoadResult) -> Table {
        var table = Table("Bookings, \(self.site.storage.name), \(clients) \(clients == 1 ? "client" : "clients")")
        table.notes = [http.note]
        return table
    }

    private func load(_ server: ServerProcess, _ clients: Int) async throws -> LoadResult {
        let requests = BookingRequests(self.site)
        return try await Load(
            port: server.port, clients: clients, duration: .seconds(self.options.seconds), expected: 201,
            requests: { requests.source($0, of: clients) }, server: server.processID
        ).run()
    }

    /// The whole way from request to answer without sockets, and how many transactions each commit held.
    private func inProcess(_ platform: EmbeddedPlatform, _ clients: Int) async throws -> SQLiteCeiling.Outcome {
        let requests = BookingRequests(self.site)
        let providers = self.site.quarterHour.providers
        let before = platform.engine.groupStatistics
        let load = try await TaskLoad(tasks: clients, duration: .seconds(self.options.seconds)).run { task in
            let index = task % providers.count
            guard let start = self.site.diary.slot(of: index) else { return false }
            let client = platform.client(token: self.site.token(of: task))
            return await client.post("/api/v1/bookings", requests.body(start, with: providers[index])).status == 201
        }
        let after = platform.engine.groupStatistics
        let groups = max(after.groups - before.groups, 1)
        return SQLiteCeiling.Outcome(
            load: load, groupSize: Double(after.transactions - before.transactions) / Double(groups))
    }
}
