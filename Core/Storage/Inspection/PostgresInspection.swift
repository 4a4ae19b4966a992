internal import CLibPQ
internal import Dispatch
package import Logging

/// Looks into a PostgreSQL database without changing it.
package enum PostgresInspection {
    /// What is known of a connection to the server.
    package struct Link: Sendable, Equatable {
        /// Where the server is: a host name, an address or the folder of a socket.
        package var host: String
        /// How libpq was told to use TLS: `disable` to `verify-full`.
        package var mode: String
        /// The protocol in use, as `TLSv1.3`; `nil` without TLS.
        package var protocolVersion: String?
        /// The cipher in use.
        package var cipher: String?
        /// The server's version as PostgreSQL numbers it: 150018 is 15.18.
        package var serverVersion: Int

        package init(
            host: String, mode: String, protocolVersion: String? = nil, cipher: String? = nil, serverVersion: Int
        ) {
            self.host = host
            self.mode = mode
            self.protocolVersion = protocolVersion
            self.cipher = cipher
            self.serverVersion = serverVersion
        }

        /// Whether nothing between here and the server could listen: a socket or this machine itself.
        package var isLocal: Bool {
            // Names may begin like the address of this machine; an address has digits and dots only.
            let isNumeric = self.host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
            return self.host.hasPrefix("/") || self.host.hasPrefix("@") || self.host == "localhost"
                || self.host == "::1" || (isNumeric && self.host.hasPrefix("127."))
        }
    }

    /// The version of libpq that this program runs with, as `15.18`.
    package static var libraryVersion: String { Self.text(ofVersion: Int(PQlibVersion())) }

    /// A version of PostgreSQL in words; since 10 the last four digits are the minor one.
    package static func text(ofVersion number: Int) -> String { "\(number / 10_000).\(number % 10_000)" }

    /// Runs `body` with a connection of its own that can only read and sees every row.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - logger: Told what the server says unasked.
    ///   - body: The questions; it runs on a thread of its own.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``StorageError`` with code `unavailable` when the server cannot be reached, or a
    ///   pooler that the configuration does not know of.
    package static func inspect<T: Sendable>(
        _ configuration: PostgresConfiguration, _ logger: Logger,
        _ body: @escaping @Sendable (any MaintenanceConnection, Link) throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "almanac.postgres.inspection").async {
                let result = Result {
                    if configuration.ownerURL == nil, configuration.pooler == .transaction {
                        let connection = PostgresGlance(try PostgresHandle(configuration, logger))
                        return try connection.look { try body(connection, Self.link(connection.handle.pointer)) }
                    }
                    let connection = try PostgresMaintenance(configuration, isAlone: false, logger)
                    try connection.run("SET default_transaction_read_only = on; SET statement_timeout = '30s'")
                    return try body(connection, Self.link(connection.handle.pointer))
                }
                continuation.resume(with: result)
            }
        }
    }

    /// Looks whether connections to the address the program serves by share sessions of the server.
    ///
    /// - Parameters:
    ///   - configuration: Where the database is.
    ///   - logger: Told what the server says unasked.
    /// - Returns: Whether a pooler in transaction mode answers.
    /// - Throws: ``StorageError`` with code `unavailable` when the server cannot be reached.
    package static func sharesSessions(_ configuration: PostgresConfiguration, _ logger: Logger) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "almanac.postgres.inspection").async {
                let result = Result {
                    try PostgresSharing.isFound(from: PostgresHandle(configuration, logger), configuration, logger)
                }
                continuation.resume(with: result)
            }
        }
    }

    private static func link(_ connection: OpaquePointer) -> Link {
        func attribute(_ name: String) -> String? {
            PQsslInUse(connection) == 0 ? nil : PQsslAttribute(connection, name).map { String(cString: $0) }
        }
        return Link(
            host: PQhost(connection).map { String(cString: $0) } ?? "", mode: Self.option("sslmode", connection) ?? "",
            protocolVersion: attribute("protocol"), cipher: attribute("cipher"),
            serverVersion: Int(PQserverVersion(connection)))
    }

    /// An option of the connection as it is in force: from the URL, the environment or built in.
    static func option(_ keyword: String, _ connection: OpaquePointer) -> String? {
        guard let options = PQconninfo(connection) else { return nil }
        defer { PQconninfoFree(options) }
        var at = options
        while let name = at.pointee.keyword {
            if String(cString: name) == keyword { return at.pointee.val.map { String(cString: $0) } }
            at += 1
        }
        return nil
    }
}
