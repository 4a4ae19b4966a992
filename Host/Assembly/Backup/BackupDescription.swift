internal import AlmanacKernel
public import AlmanacStorage

/// What a backup says of itself: `backup.json` beside the data.
public struct BackupDescription: Sendable, Equatable {
    /// The shape of the description and of the folder; a program refuses those that it does not know.
    static let format = "almanac-backup-1"

    /// When the backup was begun: everything that had been confirmed by then is in it.
    public let madeAt: Instant
    /// The version of the program that made it.
    public let program: String
    /// The title of the deployment.
    public let deployment: String
    /// The slugs of the organizations that are in it.
    public let organizations: [String]
    /// `sqlite` or `postgres`.
    public let engine: String
    /// The version of the engine.
    public let engineVersion: String
    /// The file with the data, beside the description.
    public let file: String
    /// How many bytes the file has.
    public let bytes: Int
    /// SHA-256 of the file, in hexadecimal.
    public let digest: String
    /// The names of the keys with which values are encrypted; the keys themselves are not in a backup.
    public let keys: [String]
    /// The history of migrations.
    let migrations: [MigrationRecord]
    /// How many rows each table has, and a hash of them.
    let tables: [TableDigest]

    /// How many rows there are in all tables.
    public var rows: Int { self.tables.reduce(0) { $0 + $1.rows } }
}

extension BackupDescription {
    /// The document.
    var json: JSON {
        let migrations = self.migrations.map { record -> JSON in
            [
                "plugin": .string(record.plugin), "number": .number(JSONNumber(record.number)),
                "name": .string(record.name), "checksum": .string(record.checksum),
                "appliedAt": .number(JSONNumber(record.appliedAt.microseconds)),
            ]
        }
        let tables = self.tables.map { table -> JSON in
            [
                "table": .string(table.table), "rows": .number(JSONNumber(table.rows)),
                "sha256": .string(table.digest),
            ]
        }
        return [
            "format": .string(Self.format), "madeAt": .string(self.madeAt.rfc3339), "program": .string(self.program),
            "deployment": .string(self.deployment),
            "organizations": .array(self.organizations.map { .string($0) }), "engine": .string(self.engine),
            "engineVersion": .string(self.engineVersion),
            "database": [
                "file": .string(self.file), "bytes": .number(JSONNumber(self.bytes)), "sha256": .string(self.digest),
            ],
            "encryptedWith": .array(self.keys.map { .string($0) }), "notIncluded": Self.notIncluded,
            "migrations": .array(migrations), "tables": .array(tables),
        ]
    }

    /// What a deployment has besides, which is not in its backups.
    private static let notIncluded: JSON = [
        "keys": "the keys with which values are encrypted: keep a copy of the key file, apart from the backups",
        "checkpoints": "the checkpoints of the audit log and the key that signs them",
        "archivedMonths": "the files of archived months of the audit log",
        "files": "files outside the database; this program keeps none",
        "manifest": "the manifest and what it refers to",
    ]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - text: What ``json`` gave, in any layout.
    ///   - path: Where it stands, for messages.
    /// - Throws: ``AlmanacStorage/StorageError`` when it is none, or one of another format.
    init(_ text: [UInt8], at path: String) throws {
        let wrong = StorageError(.statement, "\(path) does not describe a backup")
        guard let document = try? JSON(parsing: text, limits: JSONLimits()) else { throw wrong }
        guard document["format"]?.string == Self.format else {
            throw StorageError(
                .statement,
                """
                \(path) describes a backup in a format that this program does not know \
                (\(document["format"]?.string ?? "none")): restore it with the version that made it, \
                \(document["program"]?.string ?? "which it does not name")
                """)
        }
        func string(_ name: String, in object: JSON? = nil) throws -> String {
            guard let text = (object ?? document)[name]?.string else { throw wrong }
            return text
        }
        func list<T>(_ name: String, _ read: (JSON) throws -> T?) throws -> [T] {
            guard let items = document[name]?.array else { throw wrong }
            return try items.map { item in
                guard let value = try read(item) else { throw wrong }
                return value
            }
        }
        guard let at = Instant(rfc3339: try string("madeAt")), let bytes = document["database"]?["bytes"]?.int else {
            throw wrong
        }
        self.madeAt = at
        self.program = try string("program")
        self.deployment = try string("deployment")
        self.organizations = try list("organizations") { $0.string }
        self.engine = try string("engine")
        self.engineVersion = try string("engineVersion")
        self.file = try string("file", in: document["database"])
        self.bytes = bytes
        self.digest = try string("sha256", in: document["database"])
        self.keys = try list("encryptedWith") { $0.string }
        self.migrations = try list("migrations") { item in
            guard let number = item["number"]?.int, let at = item["appliedAt"]?.int64 else { return nil }
            return MigrationRecord(
                plugin: try string("plugin", in: item), number: number, name: try string("name", in: item),
                checksum: try string("checksum", in: item), appliedAt: Instant(microseconds: at))
        }
        self.tables = try list("tables") { item in
            guard let rows = item["rows"]?.int else { return nil }
            return TableDigest(
                table: try string("table", in: item), rows: rows, digest: try string("sha256", in: item))
        }
    }
}
