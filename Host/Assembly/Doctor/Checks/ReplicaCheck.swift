internal import AlmanacStorage
internal import Logging

/// Whether the replica that the manifest names is one, and how far it is behind.
///
/// Nothing fails without it, so nothing here is more than a warning.
struct ReplicaCheck {
    static let name = "postgres.replica"

    func findings(_ configuration: PostgresConfiguration, _ logger: Logger) async -> [Finding] {
        guard let url = configuration.replicaURL else { return [] }
        do {
            // Before it is asked of the replica, so that an idle one has it all.
            let written = try await Self.ask(configuration, logger, "SELECT pg_current_wal_lsn()")
            var replica = PostgresConfiguration(url: url, applicationName: configuration.applicationName)
            replica.connectTimeout = configuration.connectTimeout
            let behind = try await Self.ask(
                replica, logger,
                """
                SELECT CASE WHEN pg_is_in_recovery() THEN
                    greatest(0, '\(written)'::pg_lsn - pg_last_wal_replay_lsn())::bigint ELSE -1 END
                """)
            return [Self.judge(behind: Int64(behind) ?? -1)]
        } catch {
            return [
                .warning(
                    Self.name, "the replica cannot be asked: \(error.storageError?.message ?? "\(error)")",
                    advice: "make it reachable as storage.replicaUrl says; until then the primary answers alone")
            ]
        }
    }

    private static func ask(
        _ configuration: PostgresConfiguration, _ logger: Logger, _ query: String
    ) async throws -> String {
        try await PostgresInspection.inspect(configuration, logger) { connection, _ in
            try connection.rows(query).first?.first.flatMap { $0 } ?? ""
        }
    }

    /// - Parameter behind: How many bytes of the log the replica has not applied; negative when it follows nobody.
    /// - Returns: The finding.
    static func judge(behind: Int64) -> Finding {
        switch behind {
        case ..<0:
            .warning(
                self.name, "the server at storage.replicaUrl is no replica: it follows nobody, and is never asked",
                advice: "name a streaming replica there, or leave replicaUrl out")
        case 0...(64 << 20): .ok(self.name, "the replica is \(behind) bytes of the log behind")
        default:
            .warning(
                self.name, "the replica is \(behind >> 20) MiB of the log behind",
                advice: "look at its log and its disk; reads that must be newer go to the primary meanwhile")
        }
    }
}
