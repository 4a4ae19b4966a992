internal import AlmanacStorage
internal import Logging

/// Whether a connection pooler answers that gives out sessions for one transaction each, and the manifest says so.
struct PoolerCheck {
    static let name = "postgres.pooler"

    /// Whether the manifest says `pooler: transaction`.
    let isKnown: Bool

    func findings(_ configuration: PostgresConfiguration, _ logger: Logger) async -> [Finding] {
        do {
            return [self.judge(isFound: try await PostgresInspection.sharesSessions(configuration, logger))]
        } catch {
            return [DatabaseCheck.failure(error)]
        }
    }

    func judge(isFound: Bool) -> Finding {
        switch (isFound, self.isKnown) {
        case (true, true): return .ok(Self.name, "a pooler answers that shares sessions, as the manifest says")
        case (false, false): return .ok(Self.name, "sessions of the database are not shared")
        case (true, false):
            return .problem(
                Self.name,
                "a connection pooler answers at storage.url that gives out sessions for one transaction each",
                advice: "say `pooler: transaction` under `storage`, and name the server itself in storage.ownerUrl")
        case (false, true):
            return .warning(
                Self.name, "the manifest says `pooler: transaction`, but no shared session was met",
                advice: "leave `pooler` out if the server itself answers at storage.url: statements are then prepared")
        }
    }
}
