internal import CLibPQ

/// Where a PostgreSQL database is and who asks for it; shows itself without the password.
///
/// A connection URI as libpq reads it (PostgreSQL documentation, "Connection URIs"):
/// `postgres://user:password@host:port/database?sslmode=verify-full`. Several hosts, `host:port,host:port`, are tried in
/// their order, each as long as connecting may take, or shorter when it says nothing; with
/// `target_session_attrs=read-write` the first that takes writes is the one, so that a failover needs no new address.
public struct PostgresURL: Sendable, Hashable {
    /// The server's host name, address or socket folder; `nil` leaves it to libpq (`PGHOST`, then a local socket).
    ///
    /// Of several servers, all of them with commas between, as libpq has them.
    public let host: String?
    /// The server's port; `nil` leaves it to libpq (`PGPORT`, then 5432).
    ///
    /// Of several servers, one port for all or one for each with commas between.
    public let port: String?
    /// The database; `nil` leaves it to libpq (`PGDATABASE`, then the user's name).
    public let database: String?
    /// The role that signs in; `nil` leaves it to libpq (`PGUSER`, then the name of the operating system's user).
    public let user: String?

    /// The servers' addresses, where the URI tells them besides their names; empty those of which it does not.
    let addresses: [String]

    /// Whether only a server is taken that takes writes (`target_session_attrs`).
    package let asksForWriter: Bool

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
        self.addresses = (values["hostaddr"] ?? "").split(separator: ",", omittingEmptySubsequences: false).map {
            String($0)
        }
        self.database = values["dbname"]
        self.user = values["user"]
        self.asksForWriter = ["read-write", "primary"].contains(values["target_session_attrs"])
        self.secrets = [values["password"], values["sslpassword"]].compactMap { $0 }.filter { !$0.isEmpty }
        self.secretText = text
    }

    /// The same server and user with another database.
    ///
    /// - Parameter database: The database's name; not a URI.
    /// - Returns: A URL that shows and reaches the other database.
    package func naming(database: String) -> PostgresURL {
        PostgresURL(self, database: database)
    }

    private init(_ other: PostgresURL, database: String) {
        self.host = other.host
        self.port = other.port
        self.addresses = other.addresses
        self.database = database
        self.user = other.user
        self.asksForWriter = other.asksForWriter
        self.secretText = other.secretText
        self.secrets = other.secrets
    }

    /// The database in words, for messages: `the database almanac at 127.0.0.1:5432`.
    var place: String {
        let database = self.database.map { "the database \($0)" } ?? "the default database"
        let places = self.places.map { "\($0.host ?? "the local socket"):\($0.port ?? "5432")" }
        return "\(database) at \(places.joined(separator: " or "))"
    }

    /// The servers in the order in which they are tried; what `nil` is left to libpq.
    package var places: [(host: String?, port: String?)] {
        func parts(_ text: String?) -> [String?] {
            (text ?? "").split(separator: ",", omittingEmptySubsequences: false).map { $0.isEmpty ? nil : String($0) }
        }
        let (hosts, ports) = (parts(self.host), parts(self.port))
        return hosts.enumerated().map { index, host in
            (host, ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : nil)
        }
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
        let places = self.places.map { "\($0.host ?? "")\($0.port.map { ":\($0)" } ?? "")" }
        return "postgres://\(user)\(places.joined(separator: ","))/\(self.database ?? "")"
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var debugDescription: String { self.description }

    /// Nothing but the description, so that `dump` does not print the password either.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
