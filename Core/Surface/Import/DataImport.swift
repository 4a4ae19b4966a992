public import AlmanacKernel

/// Reads a plugin's part of a folder of CSV files: all of it, or nothing.
///
/// The command runs in one transaction. It reports every bad row by throwing ``CSVProblems``, and then nothing has been
/// imported. A second import of the same folder updates by external id and changes nothing else.
public struct DataImport: Contribution {
    /// The names of the files it reads, with `.csv`; the first ones are needed by the later ones.
    public let files: [String]
    /// The work.
    public let command: Command<ImportFolder, ImportReport>

    /// Reads these files.
    public init(_ files: [String], _ command: Command<ImportFolder, ImportReport>) {
        self.files = files
        self.command = command
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "import of \(self.files.joined(separator: ", "))" }
}

/// The files of a folder, read into memory before the import begins.
public struct ImportFolder: Sendable {
    /// Where the folder is, for messages.
    public let path: String
    /// The bytes of each file by its name.
    public let files: [String: [UInt8]]

    /// Describes a folder.
    public init(path: String, files: [String: [UInt8]]) {
        self.path = path
        self.files = files
    }
}

/// What an import did.
public struct ImportReport: Sendable, Equatable {
    /// What became of the rows of one kind.
    public struct Count: Sendable, Equatable {
        /// The kind, as `providers`.
        public let kind: String
        /// How many were made.
        public var created: Int
        /// How many were brought up to date.
        public var updated: Int
        /// How many were so already.
        public var unchanged: Int

        /// Begins to count.
        public init(_ kind: String, created: Int = 0, updated: Int = 0, unchanged: Int = 0) {
            self.kind = kind
            self.created = created
            self.updated = updated
            self.unchanged = unchanged
        }
    }

    /// One count for each kind, in the order in which they were read.
    public var counts: [Count]

    /// Reports counts.
    public init(_ counts: [Count]) {
        self.counts = counts
    }
}
