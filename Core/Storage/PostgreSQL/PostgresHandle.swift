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
    let database: String
    private let notices: PostgresNotices

    /// Connects and prepares the session.
    ///
    /// - Parameters:
    ///   - configuration: Where to connect, and the time limits.
    ///   - isLimited: Whether statements and locks have time limits: not for migrations.
    ///   - logger: Told what the server says unasked.
    /// - Throws: ``StorageError`` with code `unavailable`, naming the place and never the password.
    init(_ configuration: PostgresConfiguration, isLimited: Bool, _ logger: Logger) throws(StorageError) {
        let opened = Self.connect(configuration)
        guard let pointer = opened else {
            throw StorageError(.unavailable, "libpq has no memory for a connection")
        }
        guard PQstatus(pointer) == CONNECTION_OK else {
            let reason = configuration.url.redacting(Self.message(of: pointer))
            PQfinish(pointer)
            throw StorageError(
                .unavailable,
                "cannot reach \(configuration.url.place): \(reason)\(reason.hasSuffix("?") ? "" : ".") Check that the server "
                    + "runs and that the URL is right"
            )
        }
        self.pointer = pointer
        self.database = PQdb(pointer).map { String(cString: $0) } ?? ""
        self.notices = PostgresNotices(logger)
        self.notices.attach(to: pointer)
        let statementTimeout = isLimited ? configuration.statementTimeout.postgresMilliseconds : 0
        let lockTimeout = isLimited ? configuration.lockTimeout.postgresMilliseconds : 0
        // A process that hangs or was suspended must not keep its locks for ever.
        let idleTimeout = isLimited ? 60_000 : 0
        _ = try self.execute(
            """
            SET statement_timeout = \(statementTimeout); SET lock_timeout = \(lockTimeout); \
            SET idle_in_transaction_session_timeout = \(idleTimeout); SET TimeZone = 'UTC'; SET DateStyle = 'ISO'
            """)
    }

    deinit { PQfinish(self.pointer) }

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
    func execute(_ text: String) throws(StorageError) -> PostgresResult {
        guard !text.utf8.contains(0) else { throw StorageError(.invalidText, "a statement holds U+0000") }
        guard let pointer = PQexec(self.pointer, text) else { throw self.lost }
        let result = PostgresResult(pointer)
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return result
        default:
            guard result.field(.state) != nil else { throw self.lost }
            throw StorageError(postgres: result, statement: Self.excerpt(of: text, at: result.field(.position)))
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

    private static func message(of pointer: OpaquePointer) -> String {
        guard let message = PQerrorMessage(pointer) else { return "no reason given" }
        let words = String(cString: message).split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        return text.isEmpty ? "no reason given" : text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private static func connect(_ configuration: PostgresConfiguration) -> OpaquePointer? {
        let seconds = (Int(configuration.connectTimeout.postgresMilliseconds) + 999) / 1_000
        // Of equal keywords the last one counts: what stands before the URL gives way to it.
        var options: [(String, String?)] = [
            ("application_name", configuration.applicationName), ("connect_timeout", "\(max(seconds, 2))"),
            // A server that vanished without a word is noticed within a minute, also while we wait for it.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
        options.append(("dbname", configuration.url.secretText))
        options.append(("dbname", configuration.url.database))
        options.append(("client_encoding", "UTF8"))
        let keywords = options.map { UnsafePointer(strdup($0.0)) } + [nil]
        let values = options.map { UnsafePointer($0.1.flatMap { strdup($0) }) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        return PQconnectdbParams(keywords, values, 1)
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
