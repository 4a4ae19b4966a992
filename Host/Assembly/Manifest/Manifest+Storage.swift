public import AlmanacKernel

extension Manifest {
    /// Where the data is kept.
    public enum Storage: Sendable {
        /// In one file on this machine.
        case sqlite(SQLite)
        /// In a PostgreSQL database.
        case postgres(Postgres)

        /// A SQLite database.
        public struct SQLite: Sendable, Equatable {
            /// The file; its folder must exist or be creatable.
            public let path: String
        }

        /// A PostgreSQL database and how it is used.
        public struct Postgres: Sendable, Equatable {
            /// Where the database is and who signs in.
            public let url: DatabaseURL
            /// The same database, signed in to by the owner of the tables, for migrations; `nil` where ``url`` is it.
            public let ownerURL: DatabaseURL?
            /// How many connections are kept, 1…64.
            public let poolSize: Int
            /// After how many seconds waiting for a free connection ends, 1…600.
            public let poolTimeoutSeconds: Int
            /// After how many seconds a statement is cancelled, 1…600.
            public let statementTimeoutSeconds: Int
            /// After how many seconds waiting for a lock ends, 1…600.
            public let lockTimeoutSeconds: Int
            /// Whether each plugin works under a database role of its own.
            ///
            /// The database user must be able to create roles.
            public let roles: Bool
        }
    }
}

extension Manifest.Storage: PluginSettings {
    private enum Backend: String, CaseIterable, SettingValue {
        case sqlite, postgres
    }

    /// Reads the section `storage`.
    public init(from read: inout SettingsReader) throws {
        self = try read.variant("backend", "The database engine") { (backend: Backend, read) in
            switch backend {
            case .sqlite: .sqlite(SQLite(from: &read))
            case .postgres: .postgres(Postgres(from: &read))
            }
        }
    }
}

extension Manifest.Storage.SQLite {
    fileprivate init(from read: inout SettingsReader) {
        let path: ManifestPath = read("path", "File of the database")
        self.path = path.path
    }
}

extension Manifest.Storage.Postgres {
    fileprivate init(from read: inout SettingsReader) {
        self.url = read("url", "Address of the database; a password in it must come from ${env:NAME} or ${file:PATH}")
        self.ownerURL = read.optional(
            "ownerUrl", "Address of the same database for the owner of the tables, who migrates; url then only serves")
        self.poolSize = read("poolSize", "Connections kept open", in: 1...64, default: 8)
        self.poolTimeoutSeconds = read(
            "poolTimeoutSeconds", "Seconds after which waiting for a free connection ends with 503", in: 1...600,
            default: 5)
        self.statementTimeoutSeconds = read(
            "statementTimeoutSeconds", "Seconds after which a statement is cancelled", in: 1...600, default: 10)
        self.lockTimeoutSeconds = read(
            "lockTimeoutSeconds", "Seconds after which waiting for a lock ends", in: 1...600, default: 5)
        self.roles = read("roles", "Give each plugin a database role of its own, which needs CREATEROLE", default: true)
        read.check(
            "lockTimeoutSeconds", "must not be longer than statementTimeoutSeconds",
            self.lockTimeoutSeconds <= self.statementTimeoutSeconds)
        let names = self.roles ? RoleNames(self.url, LinkedPlugins.all.map { $0.declaration.id }) : nil
        if let problem = names?.problem { read.check("url", problem, false) }
        read.check(
            "ownerUrl", "needs roles: true, by which the other user gets its rights", self.ownerURL == nil || self.roles
        )
    }
}
