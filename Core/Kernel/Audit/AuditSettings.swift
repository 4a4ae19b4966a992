/// How a deployment keeps its audit log.
public struct AuditSettings: Sendable, Equatable {
    /// Where checkpoints are kept, outside the database.
    public struct Checkpoints: Sendable, Equatable {
        /// The file they are appended to.
        public let file: String
        /// The file of the key that signs them.
        public let key: String

        /// Names both.
        public init(file: String, key: String) {
            self.file = file
            self.key = key
        }
    }

    /// How old entries leave the database.
    public struct Archive: Sendable, Equatable {
        /// The folder outside the database into which months are written; hosts of one deployment share it.
        public let folder: String
        /// For how many whole months entries stay in the database.
        public let afterMonths: Int
        /// For how many years they are kept altogether.
        public let years: Int

        /// Says where and for how long.
        public init(folder: String, afterMonths: Int = 13, years: Int = 7) {
            self.folder = folder
            self.afterMonths = afterMonths
            self.years = years
        }
    }

    /// Where checkpoints are kept; none are signed when `nil`.
    public let checkpoints: Checkpoints?
    /// How old entries leave the database; when `nil`, all stay there for ever.
    public let archive: Archive?
    /// For how many whole months addresses of callers who are nobody known can be read.
    public let strangersMonths: Int

    /// Says how.
    ///
    /// - Parameters:
    ///   - checkpoints: Where checkpoints are kept.
    ///   - archive: How old entries leave the database; without checkpoints, whose key signs what is archived, they
    ///     do not.
    ///   - strangersMonths: For how many whole months addresses of callers who are nobody known can be read.
    public init(checkpoints: Checkpoints? = nil, archive: Archive? = nil, strangersMonths: Int = 13) {
        self.checkpoints = checkpoints
        self.strangersMonths = strangersMonths
        self.archive = checkpoints == nil ? nil : archive
    }
}

extension AuditSettings.Checkpoints {
    /// Reads the key, or makes it when neither it nor the file it signs has been made.
    ///
    /// A key that is gone is not replaced where it has signed something: nobody could tell that from a forgery.
    ///
    /// - Returns: The key, and whether it was made now.
    /// - Throws: ``AuditFileError``.
    package func establishKey() throws -> (key: AuditKey, isNew: Bool) {
        if CheckpointFile(path: self.key).exists { return (try AuditKey(file: self.key), false) }
        guard !CheckpointFile(path: self.file).exists else {
            throw AuditFileError(
                "the key \(self.key) is gone, but \(self.file) was signed with it: put the key back, or move that file "
                    + "away and keep it")
        }
        return (try AuditKey.create(at: self.key), true)
    }
}
