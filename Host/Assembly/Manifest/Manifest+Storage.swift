public import AlmanacKernel
internal import AlmanacStorage

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
            /// A streaming replica of the same database, for reads that need not be the newest.
            public let replicaURL: DatabaseURL?
            /// Whether a connection pooler answers at ``url`` that gives out sessions for one transaction each.
            public let pooler: Pooler
            /// How many connections are kept, 1…64.
            public let poolSize: Int
            /// After how many seconds waiting for a free connection ends, 1…600.
            public let poolTimeoutSeconds: Int
            /// After how many seconds a statement is cancelled, 1…600.
            public let statementTimeoutSeconds: Int
            /// After how many seconds waiting for a lock ends, 1…600.
            public let lockTimeoutSeconds: Int
            /// For how many milliseconds the server may say nothing before it is asked, and how long that may take, 0 for
            /// ever, otherwise 250…60,000.
            public let silenceMilliseconds: Int
            /// Whether each plugin works under a database role of its own.
            ///
            /// The database user must be able to create roles.
            public let roles: Bool

            /// What answers at ``Postgres/url``.
            public enum Pooler: String, Sendable, CaseIterable, SettingValue {
                /// The server, or a pooler whose sessions belong to one connection each.
                case none
                /// A pooler whose sessions change hands after each transaction, as PgBouncer's in transaction mode.
                case transaction
            }
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
        self.replicaURL = read.optional(
            "replicaUrl", "Address of a streaming replica of the database, for reads that may be some seconds old")
        self.pooler = read(
            "pooler", "transaction where PgBouncer or the like answers at url in transaction mode; needs ownerUrl",
            default: .none)
        self.poolSize = read("poolSize", "Connections kept open", in: 1...64, default: 8)
        self.poolTimeoutSeconds = read(
            "poolTimeoutSeconds", "Seconds after which waiting for a free connection ends with 503", in: 1...600,
            default: 5)
        self.statementTimeoutSeconds = read(
            "statementTimeoutSeconds", "Seconds after which a statement is cancelled", in: 1...600, default: 10)
        self.lockTimeoutSeconds = read(
            "lockTimeoutSeconds", "Seconds after which waiting for a lock ends", in: 1...600, default: 5)
        self.silenceMilliseconds = read(
            "silenceMilliseconds",
            "Milliseconds after which a server that says nothing is asked, and after as many more given up; 0 never",
            in: 0...60_000, default: 750)
        read.check(
            "silenceMilliseconds", "must be 0, or at least 250",
            self.silenceMilliseconds == 0 || self.silenceMilliseconds >= 250)
        self.roles = read("roles", "Give each plugin a database role of its own, which needs CREATEROLE", default: true)
        read.check(
            "lockTimeoutSeconds", "must not be longer than statementTimeoutSeconds",
            self.lockTimeoutSeconds <= self.statementTimeoutSeconds)
        self.checkAddresses(&read)
    }

    /// Checks what the addresses must have in common, and what not.
    private func checkAddresses(_ read: inout SettingsReader) {
        // A pooler may call the database by another name than the server.
        let place = self.pooler == .none ? self.url : self.ownerURL ?? self.url
        let names = self.roles ? RoleNames(place, LinkedPlugins.all.map { $0.declaration.id }) : nil
        if let problem = names?.problem { read.check("url", problem, false) }
        let serving = try? PostgresURL(self.url.reveal())
        Self.checkServers(of: serving, "url", &read)
        guard let ownerURL = self.ownerURL else {
            read.check(
                "pooler",
                """
                needs ownerUrl: migrations work in a session of their own, which the pooler does not give. Name the \
                server itself there, with the user of url or another one
                """, self.pooler == .none)
            return
        }
        let owning = try? PostgresURL(ownerURL.reveal())
        Self.checkServers(of: owning, "ownerUrl", &read)
        read.check(
            "ownerUrl", "needs roles: true, by which the other user gets its rights",
            self.roles || (self.pooler != .none && serving?.user == owning?.user))
        read.check(
            "ownerUrl", "leads to the pooler that url names; name the server itself, with its own port",
            self.pooler == .none || serving?.host != owning?.host || serving?.port != owning?.port)
    }

    private static func checkServers(of url: PostgresURL?, _ key: String, _ read: inout SettingsReader) {
        read.check(
            key,
            """
            names several servers, of which the first that answers is taken, a standby too: add \
            target_session_attrs=read-write
            """, (url?.places.count ?? 1) < 2 || url?.asksForWriter == true)
    }
}
