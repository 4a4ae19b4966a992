internal import CLibPQ
internal import Logging

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A live connection of libpq; closed with its owner.
///
/// Used by one thread at a time, which its owner sees to.
final class PostgresHandle {
    let pointer: OpaquePointer
    /// The database, as the server knows it.
    private(set) var database: String
    private let notices: PostgresNotices

    /// Connects, and leaves the session as it is.
    ///
    /// - Parameters:
    ///   - configuration: Where to connect.
    ///   - logger: Told what the server says unasked.
    ///   - patience: How many nanoseconds a server may take for its first word; `nil` for as long as connecting may.
    /// - Throws: ``StorageError`` with code `unavailable`, naming the place and never the password.
    init(
        _ configuration: PostgresConfiguration, _ logger: Logger, patience: UInt64? = nil
    ) throws(StorageError) {
        let pointer = try PostgresConnector(configuration, patience: patience).open()
        self.pointer = pointer
        self.database = PQdb(pointer).map { String(cString: $0) } ?? ""
        self.notices = PostgresNotices(logger)
        self.notices.attach(to: pointer)
    }

    /// Connects to serve: with time limits, where the session is this connection's own.
    static func serving(
        _ configuration: PostgresConfiguration, _ logger: Logger
    ) throws(StorageError) -> PostgresHandle {
        let handle = try PostgresHandle(
            configuration, logger, patience: configuration.silenceTimeout.postgresNanoseconds)
        switch configuration.pooler {
        case .none: try handle.prepare(configuration, isLimited: true)
        case .transaction: try handle.askForDatabase(configuration)
        }
        return handle
    }

    /// Sets what the session keeps.
    ///
    /// - Parameters:
    ///   - configuration: The time limits.
    ///   - isLimited: Whether statements and locks have time limits: not for migrations.
    /// - Throws: ``StorageError`` when the connection breaks.
    func prepare(_ configuration: PostgresConfiguration, isLimited: Bool) throws(StorageError) {
        let statementTimeout = isLimited ? configuration.statementTimeout.postgresMilliseconds : 0
        let lockTimeout = isLimited ? configuration.lockTimeout.postgresMilliseconds : 0
        // A process that hangs or was suspended must not keep its locks for ever.
        let idleTimeout = isLimited ? Self.idleMilliseconds : 0
        _ = try self.execute(
            """
            SET statement_timeout = \(statementTimeout); SET lock_timeout = \(lockTimeout); \
            SET idle_in_transaction_session_timeout = \(idleTimeout); SET TimeZone = 'UTC'; SET DateStyle = 'ISO'
            """, within: isLimited ? Self.patience(configuration) : nil)
    }

    /// How many nanoseconds the first answers may take after connecting, to who serves.
    private static func patience(_ configuration: PostgresConfiguration) -> UInt64 {
        max(configuration.connectTimeout.postgresNanoseconds ?? 0, 2_000_000_000)
    }

    deinit { PQfinish(self.pointer) }

    /// How long a transaction may wait for this program.
    static let idleMilliseconds = 60_000

    /// A pooler may call a database by another name than the server, after whose name the roles are called.
    private func askForDatabase(_ configuration: PostgresConfiguration) throws(StorageError) {
        do {
            let rows = try self.execute("SELECT current_database()", within: Self.patience(configuration)).texts
            if let name = rows.first?.first.flatMap({ $0 }) { self.database = name }
        } catch {
            // A pooler answers although it does not reach the server.
            throw StorageError(
                .unavailable,
                "cannot reach \(configuration.url.place) behind its pooler: "
                    + configuration.url.redacting(error.message))
        }
    }

    /// Whether libpq believes that the connection works.
    var isOpen: Bool { PQstatus(self.pointer) == CONNECTION_OK && !self.notices.isEnding }

    /// Whether something has arrived that was not read: for an idle connection, usually its end.
    var isReadable: Bool {
        var poller = pollfd(fd: PQsocket(self.pointer), events: Int16(POLLIN), revents: 0)
        return poll(&poller, 1, 0) != 0
    }

    /// What libpq has to say about its last failure, on one line.
    var message: String { Self.message(of: self.pointer) }

    /// Runs statements without bindings, in text format, outside the pipeline.
    ///
    /// - Parameters:
    ///   - text: The statements.
    ///   - limit: How many nanoseconds to wait for all answers; `nil` for ever. After it the connection is of no
    ///     further use, and what the statements did is not known.
    /// - Returns: The last answer.
    /// - Throws: ``StorageError``: what the server refused, or code `unavailable` when it cannot be heard.
    func execute(_ text: String, within limit: UInt64? = nil) throws(StorageError) -> PostgresResult {
        guard !text.utf8.contains(0) else { throw StorageError(.invalidText, "a statement holds U+0000") }
        let answer: OpaquePointer?
        if let limit {
            answer = try self.answer(to: text, within: limit)
        } else {
            answer = PQexec(self.pointer, text)
        }
        guard let pointer = answer else { throw self.lost }
        let result = PostgresResult(pointer)
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return result
        default:
            guard result.field(.state) != nil else { throw self.lost }
            throw StorageError(postgres: result, statement: Self.excerpt(of: text, at: result.field(.position)))
        }
    }

    /// The last answer, as `PQexec` has it.
    private func answer(to text: String, within limit: UInt64) throws(StorageError) -> OpaquePointer? {
        guard PQsendQuery(self.pointer, text) == 1 else { return nil }
        let end = PostgresAlarm.system.now() + limit
        var last: OpaquePointer?
        while true {
            while PQisBusy(self.pointer) == 1 {
                guard PostgresSocket(self.pointer).isReady(.reading, until: end) else {
                    PQclear(last)
                    throw StorageError(
                        .unavailable, "the connection to PostgreSQL broke: the server does not answer")
                }
                // The next answer says what is wrong.
                guard PQconsumeInput(self.pointer) == 1 else { break }
            }
            guard let next = PQgetResult(self.pointer) else { return last }
            PQclear(last)
            last = next
            if PQstatus(self.pointer) == CONNECTION_BAD { return last }
        }
    }

    private var lost: StorageError {
        StorageError(.unavailable, "the connection to PostgreSQL broke: \(self.message)")
    }

    /// The part of a script at which an error was found, which may be one of many statements.
    private static func excerpt(of text: String, at position: String?) -> String {
        let start = max(0, (position.flatMap { Int($0) } ?? 1) - 30)
        return String(text.unicodeScalars.dropFirst(start).prefix(160).map(Character.init))
    }

    /// What libpq has to say about the last failure of a connection, on one line.
    static func message(of pointer: OpaquePointer) -> String {
        guard let message = PQerrorMessage(pointer) else { return "no reason given" }
        let words = String(cString: message).split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        return text.isEmpty ? "no reason given" : text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

/// Takes what the server says unasked; libpq would print it.
private final class PostgresNotices {
    /// Whether the server has announced the end of the connection.
    private(set) var isEnding = false
    private let logger: Logger

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Listens until the connection is closed; the owner keeps both.
    func attach(to pointer: OpaquePointer) {
        PQsetNoticeReceiver(
            pointer,
            { context, notice in
                guard let context, let notice else { return }
                Unmanaged<PostgresNotices>.fromOpaque(context).takeUnretainedValue().receive(notice)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// libpq owns the notice and frees it.
    private func receive(_ notice: OpaquePointer) {
        func field(_ field: PostgresResult.Field) -> String {
            PQresultErrorField(notice, field.rawValue).map { String(cString: $0) } ?? ""
        }
        let severity = field(.severity)
        if severity == "FATAL" || severity == "PANIC" { self.isEnding = true }
        self.logger.debug(
            "PostgreSQL notice",
            metadata: ["severity": "\(severity)", "state": "\(field(.state))", "message": "\(field(.message))"])
    }
}
