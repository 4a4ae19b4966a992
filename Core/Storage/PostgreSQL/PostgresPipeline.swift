internal import CLibPQ
internal import Logging

/// The first command of a batch that failed.
struct PostgresFailure: Error {
    let cause: StorageError
    /// How many savepoints were open around the command; 0 when the whole transaction is lost.
    let depth: Int
    /// Whether the statement was prepared for a schema that has changed since: it is as good as new elsewhere.
    var isStale = false
    /// Whether the server takes no writes, where the transaction is to write: another one may.
    var isStandby = false
}

/// A connection in libpq's pipeline mode (PostgreSQL documentation, "Pipeline Mode").
///
/// Commands are queued and travel together when an answer is needed; the server runs them in order and skips what
/// follows a failed one, up to the end of the batch. Statements are prepared in the batch that first uses them, unless
/// a pooler gives the next transaction another session.
final class PostgresPipeline {
    /// What one queued command is for, so that its answer is understood.
    struct Awaited {
        enum Kind {
            case statement
            /// The beginning of a transaction.
            case opening
            /// A preparation that the statement behind it needs.
            case preparation
            /// The statement that enters a room.
            case entrance
            case commit
            /// The end of a transaction whose outcome does not matter.
            case unobserved
            /// The end of a batch.
            case sync
        }

        let kind: Kind
        let text: String
        let depth: Int
    }

    let handle: PostgresHandle
    let configuration: PostgresConfiguration
    let pulse: PostgresPulse
    /// Whether the connection is of no further use.
    private(set) var isBroken = false
    /// Whether somebody stands between who gives each transaction another session.
    private let isPooled: Bool
    private var statements = PreparedStatements()
    private var parameters = PostgresParameters()
    private var awaited: [Awaited] = []
    private var queuedCommands = 0
    private var queuedBytes = 0

    /// Connects.
    init(
        _ configuration: PostgresConfiguration, _ logger: Logger, pulse: PostgresPulse? = nil
    ) throws(StorageError) {
        self.configuration = configuration
        self.pulse = pulse ?? PostgresPulse(patience: configuration.silenceTimeout)
        self.handle = try PostgresHandle.serving(configuration, logger)
        self.isPooled = configuration.pooler == .transaction
        guard PQenterPipelineMode(self.handle.pointer) == 1, PQsetnonblocking(self.handle.pointer, 1) == 0 else {
            throw StorageError(.unavailable, "libpq cannot enter pipeline mode: \(self.handle.message)")
        }
        self.pulse.heard()
    }

    /// Whether so much is queued that it had better be sent: both ends hold what the other has not read.
    var isFull: Bool { self.queuedCommands >= 64 || self.queuedBytes >= 256 * 1_024 }

    /// How many commands have been queued or sent whose answers have not been read.
    var commandsUnderWay: Int { self.awaited.count }

    /// Whether the server has no transaction open.
    var isIdle: Bool { PQtransactionStatus(self.handle.pointer) == PQTRANS_IDLE }

    /// Looks whether the connection still works, without a round trip.
    func isUsable() -> Bool {
        // The server's farewell and the end of the stream may arrive one by one.
        for _ in 0..<8 {
            guard !self.isBroken, self.handle.isOpen else { return false }
            guard self.handle.isReadable else { return true }
            guard PQconsumeInput(self.handle.pointer) == 1 else { return false }
            if self.awaited.isEmpty {
                _ = PQisBusy(self.handle.pointer)
            } else {
                _ = try? self.receive()
            }
        }
        return false
    }

    /// Forgets the prepared statements when there are too many; only between transactions.
    func trimStatements() throws(PostgresFailure) {
        guard self.statements.count >= PreparedStatements.limit else { return }
        try self.forgetStatements()
    }

    /// Forgets all prepared statements; only between transactions.
    func forgetStatements() throws(PostgresFailure) {
        guard self.statements.count > 0 else { return }
        try self.queue("DEALLOCATE ALL", depth: 0)
        _ = try self.exchange()
        self.statements.forgetAll()
    }

    // MARK: Sending

    /// Queues a command; it travels with the next ``exchange()`` or ``send()``.
    func queue(
        _ text: String, _ values: [SQLValue] = [], as kind: Awaited.Kind = .statement, depth: Int
    ) throws(PostgresFailure) {
        guard values.count <= PostgresParameters.limit else {
            let message = "a statement binds \(values.count) values; PostgreSQL takes \(PostgresParameters.limit)"
            throw PostgresFailure(cause: StorageError(.statement, message), depth: depth)
        }
        do {
            try self.parameters.write(values)
        } catch {
            throw PostgresFailure(cause: error, depth: depth)
        }
        let sent = self.isPooled ? self.sendWhole(text) : try self.sendPrepared(text, depth)
        guard sent == 1 else { throw self.lost(from: 0) }
        self.awaited.append(Awaited(kind: kind, text: text, depth: depth))
        self.queuedCommands += 1
        self.queuedBytes += self.parameters.byteCount
    }

    /// Queues a statement by its name, and its preparation before, if it is new here.
    private func sendPrepared(_ text: String, _ depth: Int) throws(PostgresFailure) -> Int32 {
        let pointer = self.handle.pointer
        let (name, isNew) = self.statements.name(for: text)
        if isNew {
            guard PQsendPrepare(pointer, name, text, 0, nil) == 1 else { throw self.lost(from: 0) }
            self.awaited.append(Awaited(kind: .preparation, text: text, depth: depth))
            self.queuedBytes += text.utf8.count
        }
        return self.parameters.withPointers { count, values in
            // Parameters as text, of the types that the server infers; results in binary.
            PQsendQueryPrepared(pointer, name, count, values, nil, nil, 1)
        }
    }

    /// Queues a statement with its text, so that the session keeps nothing of it.
    private func sendWhole(_ text: String) -> Int32 {
        let pointer = self.handle.pointer
        self.queuedBytes += text.utf8.count
        return self.parameters.withPointers { count, values in
            PQsendQueryParams(pointer, text, count, nil, values, nil, nil, 1)
        }
    }

    /// Sends what is queued and waits for all answers: one round trip.
    ///
    /// - Returns: The answer to the last command.
    /// - Throws: The first failure. The commands behind it were skipped.
    func exchange() throws(PostgresFailure) -> PostgresResult? {
        try self.send()
        return try self.receive()
    }

    /// Sends what is queued without waiting; the answers are read before the next ones.
    func send() throws(PostgresFailure) {
        guard PQpipelineSync(self.handle.pointer) == 1 else { throw self.lost(from: 0) }
        self.awaited.append(Awaited(kind: .sync, text: "", depth: 0))
        self.queuedCommands = 0
        self.queuedBytes = 0
        guard self.flush() else { throw self.lost(from: 0, saying: self.silence) }
    }

    // MARK: Receiving

    private func receive() throws(PostgresFailure) -> PostgresResult? {
        defer { self.awaited.removeAll(keepingCapacity: true) }
        var last: PostgresResult?
        var failure: PostgresFailure?
        var hasCommitted = false
        var since = self.pulse.now
        for index in self.awaited.indices {
            let entry = self.awaited[index]
            guard self.awaitAnswer(&since) else {
                let lost = self.lost(from: index, saying: self.silence)
                guard hasCommitted else { throw lost }
                break
            }
            guard let pointer = PQgetResult(self.handle.pointer) else {
                guard hasCommitted else { throw self.lost(from: index) }
                break
            }
            let result = PostgresResult(pointer)
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC:
                if entry.kind == .commit { hasCommitted = result.tag == "COMMIT" }
                if entry.kind == .commit, !hasCommitted, failure == nil {
                    let message = "the server rolled back a transaction that had failed unnoticed"
                    failure = PostgresFailure(cause: StorageError(.statement, message), depth: 0)
                }
                if entry.kind != .sync { last = consume result }
            case PGRES_PIPELINE_ABORTED:
                if entry.kind == .preparation { self.statements.forget(entry.text) }
            default:
                if entry.kind == .preparation { self.statements.forget(entry.text) }
                let refusal = try self.refusal(result, of: entry, at: index, hasCommitted)
                if failure == nil, entry.kind != .unobserved { failure = refusal }
            }
            if self.isBroken { break }
            if entry.kind != .sync { self.skipRest(&since) }
        }
        if let failure { throw failure }
        return last
    }

    /// Passes over the end of one command's answers.
    private func skipRest(_ since: inout UInt64) {
        while self.awaitAnswer(&since), let extra = PQgetResult(self.handle.pointer) { PQclear(extra) }
    }

    /// Understands an error, which may be the last thing the connection said.
    private func refusal(
        _ result: borrowing PostgresResult, of entry: Awaited, at index: Int, _ hasCommitted: Bool
    ) throws(PostgresFailure) -> PostgresFailure? {
        guard result.field(.state) != nil else {
            // Not from the server: the connection is gone.
            let lost = self.lost(from: index)
            if hasCommitted { return nil }
            throw lost
        }
        if self.isFarewell(result) {
            // The server answers in order: it had not come to what stands behind this command. A pooler says farewell
            // when it loses the server, which may have come to the end before.
            let lost = self.lost(
                from: index, isUnknown: self.isPooled ? nil : entry.kind == .commit, saying: result.field(.message))
            if hasCommitted { return nil }
            throw lost
        }
        var cause = StorageError(postgres: result, statement: entry.text)
        if entry.kind == .entrance, cause.code == .statement {
            let said = result.field(.message) ?? "permission denied"
            cause = StorageError(
                .unavailable,
                "a plugin's room cannot be entered: \(said). Run the migrations, or turn roles off for this database")
        }
        let isStandby = Self.isStandby(result, entry.kind)
        if isStandby {
            let said = result.field(.message) ?? "it is a standby"
            cause = StorageError(
                .unavailable,
                "the server takes no writes (\(said)): it is a standby, or was made one. Nothing was written")
        }
        return PostgresFailure(
            cause: cause, depth: entry.depth, isStale: Self.isStale(result), isStandby: isStandby)
    }

    /// Whether an error ends the connection; a pooler does not always call its own ones fatal.
    private func isFarewell(_ result: borrowing PostgresResult) -> Bool {
        let severity = result.field(.severity)
        return severity == "FATAL" || severity == "PANIC"
            || (self.isPooled && result.field(.state)?.utf8.starts(with: "08".utf8) == true)
    }

    /// Whether the server refuses to let a transaction write at all.
    ///
    /// During recovery `BEGIN … READ WRITE` itself fails (`check_transaction_read_only` in PostgreSQL's
    /// `src/backend/commands/variable.c`), by 0A000; elsewhere statements do, by 25006.
    private static func isStandby(_ result: borrowing PostgresResult, _ kind: Awaited.Kind) -> Bool {
        switch result.field(.state) {
        case "0A000", "25006": kind == .opening
        default: false
        }
    }

    /// Whether a prepared statement no longer fits: the schema moved under it, or a proxy forgot it.
    private static func isStale(_ result: borrowing PostgresResult) -> Bool {
        switch result.field(.state) {
        case "26000": true
        case "0A000": result.field(.function) == "RevalidateCachedQuery"
        default: false
        }
    }

    /// Why nothing more is expected, in words: libpq knows of nothing where the server is merely silent.
    private var silence: String? { self.handle.isOpen ? "the server does not answer" : nil }

    /// Gives the connection up.
    ///
    /// - Parameters:
    ///   - index: The first awaited command whose answer is missing.
    ///   - isUnknown: Whether a commit may have happened; by default, when one was sent and not answered.
    ///   - reason: What the server said, if it did.
    /// - Returns: What to tell the caller.
    private func lost(from index: Int, isUnknown: Bool? = nil, saying reason: String? = nil) -> PostgresFailure {
        self.isBroken = true
        let isUnknown = isUnknown ?? self.awaited[index...].contains { $0.kind == .commit }
        let said = reason ?? self.handle.message
        let cause =
            isUnknown
            ? StorageError(
                .outcomeUnknown,
                "the connection to PostgreSQL broke during a commit, which may have happened or not: \(said)")
            : StorageError(.unavailable, "the connection to PostgreSQL broke; nothing was written: \(said)")
        return PostgresFailure(cause: cause, depth: 0)
    }
}
