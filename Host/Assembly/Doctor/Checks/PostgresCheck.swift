internal import AlmanacStorage

/// What a PostgreSQL database says of itself, its tables and its roles.
struct PostgresCheck {
    let settings: Manifest.Storage.Postgres

    /// The oldest version that gets repairs (postgresql.org/support/versioning), and that this program is tested with.
    static let oldestMajor = 15

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        do {
            let configuration = try self.settings.configuration(for: "almanac doctor")
            let pooler = await PoolerCheck(isKnown: self.settings.pooler == .transaction)
                .findings(configuration, subject.logger)
            // In a session that strangers get nothing is tried that could stay.
            guard !pooler.contains(where: { $0.severity == .problem }) else { return pooler }
            let served = await self.served(subject, configuration)
            // A server out of reach is out of reach for both, and need not be told twice.
            let replica = await ReplicaCheck().findings(configuration, subject.logger)
            let owned = await self.owned(subject, configuration)
            return pooler + served + replica + owned.filter { !served.contains($0) }
        } catch {
            return [DatabaseCheck.failure(error)]
        }
    }

    /// What the program is when it serves: its connection, its role, its clock.
    private func served(_ subject: Doctor.Subject, _ configuration: PostgresConfiguration) async -> [Finding] {
        var serving = configuration
        serving.ownerURL = nil
        let (usesRoles, hasOwner) = (self.settings.roles, self.settings.ownerURL != nil)
        let rooms = subject.migrations.rooms
        let clock = subject.clock
        return await Self.examining {
            try await PostgresInspection.inspect(serving, subject.logger) { connection, link in
                [Self.judge(version: link.serverVersion), TLSCheck.judge(link)]
                    + [try ClockCheck.compare(connection, clock)]
                    + (try RoleCheck(rooms: rooms, usesRoles: usesRoles, hasOwner: hasOwner).findings(connection))
            }
        }
    }

    /// What the owner sees of the tables.
    private func owned(_ subject: Doctor.Subject, _ configuration: PostgresConfiguration) async -> [Finding] {
        let migrations = subject.migrations
        let clock = subject.clock
        return await Self.examining {
            try await PostgresInspection.inspect(configuration, subject.logger) { connection, _ in
                var findings = try RowSecurityCheck(tables: migrations.organizationTables).findings(connection)
                findings += MigrationCheck.findings(try migrations.reports(connection))
                if let last = try migrations.lastApplied(connection) {
                    findings.append(ClockCheck.judge(remembered: last, now: clock.now))
                }
                return findings + (try HostsCheck.findings(connection, subject))
            }
        }
    }

    /// What `body` finds; that it could not look is a finding too.
    private static func examining(_ body: () async throws -> [Finding]) async -> [Finding] {
        do { return try await body() } catch { return [DatabaseCheck.failure(error)] }
    }

    static func judge(version number: Int) -> Finding {
        let version = PostgresInspection.text(ofVersion: number)
        guard number / 10_000 < Self.oldestMajor else {
            return .ok(DatabaseCheck.reachable, "PostgreSQL \(version) answers")
        }
        return .warning(
            DatabaseCheck.reachable, "PostgreSQL \(version) answers, but is older than \(Self.oldestMajor)",
            advice: "upgrade the server: this program is not tested with it")
    }
}
