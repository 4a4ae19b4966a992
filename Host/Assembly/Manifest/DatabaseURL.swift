public import AlmanacKernel

/// The address of a PostgreSQL database with who signs in, as libpq's connection URIs have it.
///
/// It shows itself without what may be a password. In a manifest it may be written out as long as no password is in it;
/// a password must be a reference, on its own or as part of the whole.
///
/// Source: <https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING-URIS>.
public struct DatabaseURL: Sendable, Equatable {
    private let secret: Secret

    /// Wraps an address.
    ///
    /// - Parameter text: A connection URI; `nil` is returned for what begins otherwise or has a port that is no number,
    ///   as it happens with a `/` in a password that should be written `%2F`.
    public init?(_ text: String) {
        guard Self.schemes.contains(where: { text.lowercased().hasPrefix($0) }), DatabaseURLParts(text).hasValidPorts
        else { return nil }
        self.secret = Secret(text)
    }

    /// The address as it is, password included, for the one who connects.
    public func reveal() -> String { self.secret.reveal() }

    private static let schemes = ["postgres://", "postgresql://"]
}

extension DatabaseURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host, port and database: `postgres://db.example:5432/almanac`; neither who signs in nor parameters.
    public var description: String {
        let text = self.secret.reveal()
        let parts = DatabaseURLParts(text)
        return "postgres://\(parts.hosts)/\(parts.database)"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows only ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}

extension DatabaseURL: SettingValue {
    /// The database of this machine.
    public static var placeholder: DatabaseURL { Self(secret: Secret("postgres:///")) }

    /// A URI.
    public static var settingType: SettingType { .text(format: "uri") }

    private init(secret: Secret) { self.secret = secret }

    /// Takes a connection URI in which no password is written out.
    public init(setting node: SettingsNode) throws(SettingMismatch) { try self.init(address: node) }

    /// The address without what may be a password.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.description))) }
}

extension DatabaseURL: ServerAddressSetting {
    static var expectedAddress: String { "an address such as postgres://user@host:5432/database" }
    static var variable: String { "DATABASE_URL" }

    static func passwords(in text: String) -> [String] { DatabaseURLParts(text).passwords }
}
