internal import AlmanacStorage

/// The answers kept for calls that carry an idempotency key, each for a day.
///
/// A key belongs to one organization, one caller and one operation. It is taken at the start of the call's transaction
/// and the answer stored at its end, so that only what was committed is ever repeated. While a call is being carried
/// out, a second one with its key is refused on PostgreSQL, where it would otherwise wait on the primary key and hold
/// a connection; on SQLite the one writer lets it wait for its turn, and then it gets the answer.
struct IdempotencyLedger: Sendable {
    /// How long an answer is kept, in microseconds: a day.
    static let lifetime: Int64 = 24 * 3_600 * 1_000_000

    static let table = Table(.kernel, "kept_answer")
    private static let formerTable = Table(.kernel, "idempotency")

    /// The table of the first release, which did not tell operations apart.
    static let migrationStep = CreateTable(Self.formerTable) {
        Column("principal", .text)
        Column("key", .text)
        Column("operation", .text)
        Column("fingerprint", .bytes)
        Column("answer", .bytes, optional: true)
        Column("created_at", .instant)
        PrimaryKey("principal", "key")
    }

    /// Begins anew: what was kept is of use for a day only.
    static let renewalSteps: [any MigrationStep] = [
        DropTable(Self.formerTable),
        CreateTable(Self.table) {
            Column("principal", .text)
            Column("operation", .text)
            Column("key", .text)
            Column("fingerprint", .bytes)
            Column("answer", .bytes, optional: true)
            Column("created_at", .instant)
            PrimaryKey("principal", "operation", "key")
        },
        CreateIndex(on: Self.table, "created_at", acrossOrganizations: true),
    ]

    private struct Kept: Record {
        static let columns: Columns = ["fingerprint", "answer", "created_at"]
        let fingerprint: [UInt8]
        let answer: [UInt8]?
        let createdAt: Instant

        init(row: inout RowReader) throws {
            self.fingerprint = try row.next()
            self.answer = try row.nextIfPresent()
            self.createdAt = try row.next()
        }
    }

    let sealing: any AnswerSealing

    /// Takes the key, or returns the answer kept under it.
    ///
    /// - Throws: ``Refusal`` when the key stands for another request, when its call is still being carried out, or when
    ///   its answer cannot be shown again.
    func begin(_ claim: IdempotencyClaim, in tx: Transaction) throws -> EncodedAnswer? {
        if try Self.take(claim, in: tx) { return nil }
        guard let kept = try Self.find(claim, in: tx) else { throw Refusal.callInFlight }
        if kept.createdAt <= Self.horizon(tx.now) {
            // Kept for long enough: the key is as good as new, unless somebody else is just taking it.
            guard try Self.forget(claim, in: tx), try Self.take(claim, in: tx) else { throw Refusal.callInFlight }
            return nil
        }
        guard kept.fingerprint == claim.fingerprint else { throw Refusal.keyReused }
        guard let sealed = kept.answer, let bytes = try? self.sealing.open(sealed, for: claim.identity),
            let answer = EncodedAnswer(bytes: bytes)
        else { throw Refusal.answerNotKept }
        return answer
    }

    /// Keeps the answer of a call that has taken its key.
    func keep(_ answer: EncodedAnswer, for claim: IdempotencyClaim, in tx: Transaction) throws {
        guard claim.keepsAnswer else { return }
        let sealed = try self.sealing.seal(answer.bytes, for: claim.identity)
        try tx.post("UPDATE \(Self.table) SET answer = \(sealed) WHERE \(Self.isRow(of: claim))")
    }

    // MARK: Statements

    private static func take(_ claim: IdempotencyClaim, in tx: Transaction) throws -> Bool {
        // The lock first: two calls never meet on the primary key, where one would wait for the other.
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, principal, operation, key, fingerprint, created_at)
            SELECT \(claim.organization), \(claim.principal), \(claim.operation), \(claim.key), \(claim.fingerprint),
                \(tx.now)
            WHERE \(SQL.tryLock(claim.lock))
            ON CONFLICT (organization_id, principal, operation, key) DO NOTHING
            """) == 1
    }

    private static func find(_ claim: IdempotencyClaim, in tx: Transaction) throws -> Kept? {
        try tx.fetchOne("SELECT \(Kept.columns) FROM \(Self.table) WHERE \(Self.isRow(of: claim))", as: Kept.self)
    }

    private static func forget(_ claim: IdempotencyClaim, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            DELETE FROM \(Self.table)
            WHERE \(Self.isRow(of: claim)) AND created_at <= \(Self.horizon(tx.now)) AND \(SQL.tryLock(claim.lock))
            """) == 1
    }

    private static func isRow(of claim: IdempotencyClaim) -> SQL {
        """
        organization_id = \(claim.organization) AND principal = \(claim.principal)
            AND operation = \(claim.operation) AND key = \(claim.key)
        """
    }

    /// What was kept up to here has been kept for long enough.
    private static func horizon(_ now: Instant) -> Instant { now.adding(microseconds: -Self.lifetime) }
}

extension Refusal {
    /// The key stands for another request.
    static let keyReused = Refusal(
        .invalid, "idempotency_key_reused",
        "this Idempotency-Key was used for another request: choose a new key for each thing you want done")
    /// The call is being carried out.
    package static let callInFlight = Refusal(
        .conflict, "idempotency_key_in_flight",
        "the request with this Idempotency-Key is being carried out: send it again in a moment to get its answer")
    /// The call was carried out, but its answer is not kept.
    static let answerNotKept = Refusal(
        .conflict, "answer_not_kept",
        "the request with this Idempotency-Key was carried out, but its answer is not shown twice: look whether you "
            + "have what it made, otherwise remove that and send a request with a new key")
}
