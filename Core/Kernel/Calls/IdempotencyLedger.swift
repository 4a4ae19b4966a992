internal import AlmanacStorage

/// The answers kept for calls that carry an idempotency key.
///
/// The key is taken at the start of the transaction and the answer stored at its end. A second call with the key, sent
/// at the same time, waits for the first on the primary key and then gets its answer; when the first is refused and
/// rolled back, the second is carried out.
enum IdempotencyLedger {
    static let table = Table(.kernel, "idempotency")

    static let migrationStep = CreateTable(Self.table) {
        Column("principal", .text)
        Column("key", .text)
        Column("operation", .text)
        Column("fingerprint", .bytes)
        Column("answer", .bytes, optional: true)
        Column("created_at", .instant)
        PrimaryKey("principal", "key")
    }

    private struct Kept: Record {
        static let columns: Columns = ["operation", "fingerprint", "answer"]
        let operation: String
        let fingerprint: [UInt8]
        let answer: [UInt8]?

        init(row: inout RowReader) throws {
            self.operation = try row.next()
            self.fingerprint = try row.next()
            self.answer = try row.nextIfPresent()
        }
    }

    /// Takes the key, or returns the answer kept under it.
    static func begin(
        _ idempotency: Idempotency, _ operation: String, _ call: Call, in tx: Transaction
    ) throws -> [UInt8]? {
        let taken = try tx.execute(
            """
            INSERT INTO \(self.table) (organization_id, principal, key, operation, fingerprint, created_at)
            VALUES (\(call.organization), \(call.principal.identity), \(idempotency.key), \(operation),
                \(idempotency.fingerprint), \(tx.now))
            ON CONFLICT (organization_id, principal, key) DO NOTHING
            """)
        if taken == 1 { return nil }
        let kept = try tx.fetchOne(
            """
            SELECT \(Kept.columns) FROM \(self.table)
            WHERE organization_id = \(call.organization) AND principal = \(call.principal.identity)
                AND key = \(idempotency.key)
            """, as: Kept.self)
        guard let kept, let answer = kept.answer, kept.operation.utf8.elementsEqual(operation.utf8),
            kept.fingerprint == idempotency.fingerprint
        else {
            throw Refusal(
                .invalid, "idempotency_key_reused",
                "this Idempotency-Key was used for another request: choose a new key for each operation")
        }
        return answer
    }

    static func keep(_ answer: [UInt8], for idempotency: Idempotency, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(self.table) SET answer = \(answer)
            WHERE organization_id = \(call.organization) AND principal = \(call.principal.identity)
                AND key = \(idempotency.key)
            """)
    }
}
