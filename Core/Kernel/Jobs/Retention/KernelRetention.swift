internal import AlmanacStorage

/// How long the kernel keeps what it keeps for a time.
///
/// Three things are not here, because more than removing rows belongs to them: months of the audit log, the keys of
/// their callers, and events, which go with their deliveries when all have handled them (see ``AuditArchiver``,
/// ``SubjectKeyExpiry`` and ``EventPruner``).
enum KernelRetention {
    private static let day: Int64 = 86_400

    static let rules: [RetentionRule] = Self.all.compactMap { $0 }

    private static let all: [RetentionRule?] = [
        // A session that was not renewed for its time, 30 days if the deployment does not say otherwise, is over and
        // goes; so does one that was ended, when it would have been over. The audit log has what happened.
        RetentionRule(Session.table, since: "refresh_until", "that can be renewed"),
        RetentionRule(Session.table, since: "expires_at", "that cannot be renewed", where: "refresh_until IS NULL"),
        RetentionRule(AccountToken.table, since: "expires_at", seconds: AccountToken.memorySeconds),
        RetentionRule(SignInPace.table, since: "forget_at"),
        RetentionRule(KnownDevice.table, since: "last_used_at", seconds: KnownDevice.memorySeconds),
        RetentionRule(OIDCAttempt.table, since: "expires_at"),
        RetentionRule(Invitation.table, since: "expires_at"),
        RetentionRule(
            IdempotencyLedger.table, since: "created_at", seconds: IdempotencyLedger.lifetime / 1_000_000),
        // What nobody owes any more; the hour is for clocks that differ, since PostgreSQL's own wrote it.
        RetentionRule(SharedLimits.table, since: "arrival", seconds: 3_600),
        RetentionRule(
            JobTable.table, since: "finished_at", seconds: 7 * Self.day, "done or cancelled", where: "state <> 'dead'"),
        RetentionRule(JobTable.table, since: "finished_at", seconds: 90 * Self.day, "dead", where: "state = 'dead'"),
        RetentionRule(StoredArchive.table, since: "expires_at"),
    ]
}
