internal import AlmanacStorage

/// The checkpoints of one or more files, examined.
package struct CheckpointRecord: Sendable {
    /// The checkpoints whose signatures are right.
    package private(set) var checkpoints: [AuditCheckpoint] = []
    /// What is wrong with the files, for people.
    package private(set) var problems: [String] = []

    /// Reads files.
    ///
    /// - Parameters:
    ///   - files: The files.
    ///   - key: What checks the signatures.
    /// - Throws: ``AuditFileError`` when a file cannot be read.
    package init(_ files: [CheckpointFile], signedBy key: AuditPublicKey) throws {
        for file in files { try self.read(file, key) }
    }

    private mutating func read(_ file: CheckpointFile, _ key: AuditPublicKey) throws {
        var previous = AuditCheckpoint.origin
        var last: [OrganizationID: Int64] = [:]
        // Whoever changes one line breaks the next as well: the first is what matters.
        var isSound = true
        try file.forEachLine { number, line in
            guard isSound else { return }
            func refuse(_ what: String) {
                self.problems.append("line \(number) of \(file.path) \(what)")
                isSound = false
            }
            guard let checkpoint = AuditCheckpoint(line, signedBy: key) else {
                return refuse("is not a checkpoint signed with this key")
            }
            guard checkpoint.previous == previous else {
                return refuse("does not follow the line before it: lines were taken out, added or moved")
            }
            guard checkpoint.position >= last[checkpoint.organization] ?? 0 else {
                return refuse("goes back to position \(checkpoint.position)")
            }
            last[checkpoint.organization] = checkpoint.position
            previous = AuditCheckpoint.digest(of: line)
            self.checkpoints.append(checkpoint)
        }
    }
}
