internal import AlmanacStorage
internal import Foundation

/// A backup on the disk: a folder with the data, its description and a list of checksums.
///
/// The checksums are in the form of `sha256sum`, so that `sha256sum --check SHA256SUMS` can tell too whether a backup is
/// whole. They are written last, and the folder gets its name when everything is on the disk.
struct BackupFolder {
    static let descriptionFile = "backup.json"
    static let checksumFile = "SHA256SUMS"

    /// Where it is.
    let path: String

    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Whether there is a backup, whole or not.
    var looksLikeBackup: Bool { FileManager.default.fileExists(atPath: self.file(Self.descriptionFile)) }

    /// Completes a folder that has its data.
    ///
    /// - Parameter description: What is said of it.
    /// - Throws: ``StorageError`` when the disk does not take it.
    func seal(_ description: BackupDescription) throws {
        let text = Array((description.json.text + "\n").utf8)
        try DurableFile.write(text, to: self.file(Self.descriptionFile))
        try DurableFile.write(
            Self.checksums([(description.digest, description.file), (FileDigest.of(text), Self.descriptionFile)]),
            to: self.file(Self.checksumFile))
    }

    private static func checksums(_ files: [(digest: String, name: String)]) -> [UInt8] {
        files.flatMap { Array("\($0.digest)  \($0.name)\n".utf8) }
    }

    /// Reads the description and compares it with its checksum; the data is compared where it is read.
    ///
    /// - Throws: ``StorageError`` when the folder is no backup, or not what was written.
    func open() throws -> BackupDescription {
        guard let text = FileManager.default.contents(atPath: self.file(Self.descriptionFile)),
            let sums = FileManager.default.contents(atPath: self.file(Self.checksumFile))
        else {
            throw StorageError(
                .unavailable,
                """
                \(self.path) is no backup of Almanac: it has no \(Self.descriptionFile) or no \(Self.checksumFile). Name \
                the folder that `almanac backup` made
                """)
        }
        let lines = String(decoding: sums, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // Compared before anything in the description is believed.
        guard lines.count == 3, lines[1] == "\(FileDigest.of(Array(text)))  \(Self.descriptionFile)" else {
            throw self.damaged(Self.descriptionFile)
        }
        let description = try BackupDescription(Array(text), at: self.file(Self.descriptionFile))
        let expected = Self.checksums([
            (description.digest, description.file), (FileDigest.of(Array(text)), Self.descriptionFile),
        ])
        guard Array(sums) == expected, !description.file.contains("/") else { throw self.damaged(Self.checksumFile) }
        return description
    }

    /// Reads the data, and copies it when that is wanted.
    ///
    /// - Throws: ``StorageError`` when a byte is not what was written.
    func verify(_ description: BackupDescription, copyingTo copy: String? = nil) throws {
        let found = try FileDigest.of(self.file(description.file), copyingTo: copy)
        guard found.bytes == description.bytes, found.digest == description.digest else {
            throw self.damaged(description.file)
        }
    }

    private func damaged(_ name: String) -> StorageError {
        StorageError(
            .unavailable,
            "\(self.file(name)) is not what `almanac backup` wrote: it was damaged or changed. Restore another backup")
    }
}
