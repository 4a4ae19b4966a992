internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// The passphrases of the demo accounts, in a file that only its owner can read.
///
/// They are random and the database holds only their hashes, so this file is what a second start prints them from. It
/// names the organization it was made for: beside another database its passphrases would be wrong.
struct PassphraseFile: Sendable {
    /// Where it is.
    let path: String

    /// The place that belongs to a deployment's database.
    ///
    /// - Parameters:
    ///   - manifest: What the deployment is made of.
    ///   - manifestPath: Its file.
    init(for manifest: Manifest, at manifestPath: String) {
        switch manifest.storage {
        case .sqlite(let settings): self.path = settings.path + ".demo-accounts.txt"
        case .postgres:
            let name = "data/\(manifest.organization.slug).demo-accounts.txt"
            self.path = FilePlace.path(name, beside: manifestPath)
        }
    }

    /// The passphrases by address; none when the file is missing, or was made for another organization.
    func read(for organization: OrganizationID) -> [FoldKey: String] {
        guard let data = FileManager.default.contents(atPath: self.path) else { return [:] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard lines.contains(where: { $0.utf8.elementsEqual(Self.mark(organization).utf8) }) else { return [:] }
        var found: [FoldKey: String] = [:]
        for line in lines where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2 { found[FoldKey(String(words[0]))] = String(words[1]) }
        }
        return found
    }

    /// Replaces the file.
    ///
    /// - Throws: ``AlmanacStorage/StorageError`` of code `unavailable` when that cannot be done.
    func write(_ passphrases: [(email: EmailAddress, passphrase: String)], for organization: OrganizationID) throws {
        let lines =
            [
                "# The passphrases of the demo accounts. Delete this file when the demo is over.",
                Self.mark(organization),
            ]
            + passphrases.map { "\($0.email.text) \($0.passphrase)" }
        let url = URL(fileURLWithPath: self.path)
        let draft = url.path + ".new"
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? FileManager.default.removeItem(atPath: draft)
            // The mode comes with the creation: there is no moment at which others can read it.
            let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission) }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
            try handle.close()
            guard rename(draft, url.path) == 0 else { throw CocoaError(.fileWriteNoPermission) }
        } catch {
            throw StorageError(
                .unavailable,
                "the passphrases of the demo accounts cannot be written to \(self.path): check the folder")
        }
    }

    private static func mark(_ organization: OrganizationID) -> String { "# organization \(organization)" }
}
