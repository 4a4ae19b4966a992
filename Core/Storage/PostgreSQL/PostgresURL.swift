internal import CLibPQ

/// Where a PostgreSQL database is and who asks for it; shows itself without the password.
///
/// A connection URI as libpq reads it (PostgreSQL documentation, "Connection URIs"):
/// `postgres://user:password@host:port/database?sslmode=verify-full`.
public struct PostgresURL: Sendable, Hashable {
    /// The server's host name, address or socket folder; `nil` leaves it to libpq (`PGHOST`, then a local socket).
    public let host: String?
    /// The server's port; `nil` leaves it to libpq (`PGPORT`, then 5432).
    public let port: String?
    /// The database; `nil` leaves it to libpq (`PGDATABASE`, then the user's name).
    public let database: String?
    /// The role that signs in; `nil` leaves it to libpq (`PGUSER`, then the name of the operating system's user).
    public let user: String?

    /// The whole URI, with the password.
    let secretText: String
    /// What must never be printed.
    private let secrets: [String]

    /// Reads a URI.
    ///
    /// - Parameter text: Begins with `postgres://` or `postgresql://`.
    /// - Throws: ``StorageError`` with code `unavailable` when libpq cannot read it; the message does not repeat the URI.
    public init(_ text: String) throws {
        guard text.utf8.starts(with: "postgres://".utf8) || text.utf8.starts(with: "postgresql://".utf8) else {
            throw Self.unreadable("it does not begin with postgres://")
        }
        guard !text.utf8.contains(0) else { throw Self.unreadable("it holds U+0000") }
        guard let options = PQconninfoParse(text, nil) else {
            throw Self.unreadable("check the port, the parameters and that special characters are percent-encoded")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var at = options
        while let keyword = at.pointee.keyword {
            if let value = at.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            at += 1
        }
        self.host = values["host"] ?? values["hostaddr"]
        self.port = values["port"]
        self.database = values["dbname"]
        self.user = values["user"]
        self.secrets = [values["password"], values["sslpassword"]].compactMap { $0 }.filter { !$0.isEmpty }
        self.secretText = text
    }

    /// The same server and user with another database.
    ///
    /// - Parameter database: The database's name; not a URI.
    /// - Returns: A URL that shows and reaches the other database.
    package func naming(database: String) -> PostgresURL {
        PostgresURL(
            host: self.host, port: self.port, database: database, user: self.user, secretText: self.secretText,
            self.secrets)
    }

    private init(
        host: String?, port: String?, database: String?, user: String?, secretText: String, _ secrets: [String]
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.secretText = secretText
        self.secrets = secrets
    }

    /// The database in words, for messages: `the database almanac at 127.0.0.1:5432`.
    var place: String {
        let database = self.database.map { "the database \($0)" } ?? "the default database"
        return "\(database) at \(self.host ?? "the local socket"):\(self.port ?? "5432")"
    }

    /// `text` without the password, should a message repeat it.
    func redacting(_ text: String) -> String {
        self.secrets.reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "…")
        }
    }

    private static func unreadable(_ reason: String) -> StorageError {
        StorageError(
            .unavailable,
            "the PostgreSQL URL cannot be read: \(reason); write postgres://user:password@host:port/database")
    }
}

extension PostgresURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URI without password and parameters.
    public var description: String {
        let user = self.user.map { "\($0)@" } ?? ""
        let port = self.port.map { ":\($0)" } ?? ""
        return "postgres://\(user)\(self.host ?? "")\(port)/\(self.database ?? "")"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var debugDescription: String { self.description }

    /// Nothing but the description, so that `dump` does not print the password either.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
