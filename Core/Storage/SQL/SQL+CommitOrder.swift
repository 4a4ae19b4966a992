/// Words about the order in which transactions were committed, for tables that have a commit mark (``AddCommitMark``).
///
/// A number drawn from a sequence does not tell: the transaction that drew first may commit last, and whoever has read
/// up to the later number never comes back for the earlier one. On PostgreSQL rows carry the number of their
/// transaction, and every transaction below the horizon has ended: of those marks no row can appear any more. SQLite has
/// one writer, so that its rows come in the order of their commits.
extension SQL {
    static let horizonMark: Unicode.Scalar = "\u{1C}"
    static let frontierMark: Unicode.Scalar = "\u{1B}"
    static let ownMark: Unicode.Scalar = "\u{1A}"

    /// Rows whose mark is less than this are complete: no other row with such a mark will ever appear.
    package static let commitHorizon = SQL(unsafeSQL: String(SQL.horizonMark))

    /// No row can have a mark from this on, unless it was written in another database cluster and restored into this
    /// one, whose transactions are counted anew.
    package static let commitFrontier = SQL(unsafeSQL: String(SQL.frontierMark))

    /// The mark of rows that this transaction writes; `NULL` on SQLite, where nobody needs to write one.
    package static let ownCommitMark = SQL(unsafeSQL: String(SQL.ownMark))

    /// What a mark about the order of commits stands for; `nil` for any other character.
    static func commitOrder(_ mark: Unicode.Scalar, postgres: Bool) -> String? {
        switch mark {
        case Self.horizonMark: postgres ? "pg_snapshot_xmin(pg_current_snapshot())::text::bigint" : "\(Int64.max)"
        case Self.frontierMark: postgres ? "pg_snapshot_xmax(pg_current_snapshot())::text::bigint" : "\(Int64.max)"
        case Self.ownMark: postgres ? "pg_current_xact_id()::text::bigint" : "NULL"
        default: nil
        }
    }
}
