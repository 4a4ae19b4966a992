internal import AlmanacStorage

/// Counts how often somebody tries to guess a user's code or password behind the first factor.
///
/// In the database, so that it holds across hosts and restarts. A try is taken before anything is compared, so that
/// tries that come at once are counted as well.
enum FactorAttempts {
    /// How many wrong tries a window has.
    static let limit = 10
    /// Seconds from the first wrong try to the end of its window.
    static let windowSeconds: Int64 = 900

    static let table = Table(.kernel, "factor_attempt", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("user_id", .uuid)
        Column("attempts", .integer)
        Column("began_at", .instant)
        PrimaryKey("user_id")
        ForeignKey("user_id", references: User.table, onDelete: .cascade)
    }

    /// What became of a try.
    enum Ticket: Sendable, Equatable {
        /// It may be made.
        case granted
        /// It may be made, and is the last one.
        case last
        /// There were too many; the window ends at this instant.
        case refused(until: Instant)
    }

    /// Takes a try.
    static func take(for user: ID<User>, in tx: Transaction) throws -> Ticket {
        if let count = try tx.value(self.statement(user, at: tx.now), as: Int.self) {
            return count < self.limit ? .granted : .last
        }
        let began = try tx.value("SELECT began_at FROM \(self.table) WHERE user_id = \(user)", as: Instant.self)
        return .refused(until: (began ?? tx.now).adding(seconds: self.windowSeconds))
    }

    /// Counts a try and returns how many there are, or changes nothing and returns nothing.
    static func statement(_ user: ID<User>, at now: Instant) -> SQL {
        let horizon = now.adding(seconds: -self.windowSeconds)
        return """
            INSERT INTO \(self.table) AS a (user_id, attempts, began_at) VALUES (\(user), 1, \(now))
            ON CONFLICT (user_id) DO UPDATE SET
                attempts = CASE WHEN a.began_at <= \(horizon) THEN 1 ELSE a.attempts + 1 END,
                began_at = CASE WHEN a.began_at <= \(horizon) THEN \(now) ELSE a.began_at END
            WHERE a.attempts < \(self.limit) OR a.began_at <= \(horizon)
            RETURNING attempts
            """
    }

    /// Forgets the wrong tries of a user who was right.
    static func clear(of user: ID<User>, in tx: Transaction) throws {
        try tx.post("DELETE FROM \(self.table) WHERE user_id = \(user)")
    }
}
