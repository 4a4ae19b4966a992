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

    /// Where checkpoints are kept; none are signed when `nil`.
    public let checkpoints: Checkpoints?

    /// Says how.
    public init(checkpoints: Checkpoints? = nil) { self.checkpoints = checkpoints }
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
