internal import AlmanacStorage
internal import Crypto
internal import Foundation

/// The key with which checkpoints are signed: Ed25519 (RFC 8032), in a file that only its owner reads.
package struct AuditKey: Sendable {
    private static let mark = "almanac-audit-key-1:"

    private let key: Curve25519.Signing.PrivateKey

    private init(_ key: Curve25519.Signing.PrivateKey) { self.key = key }

    /// A new key.
    package init() { self.init(Curve25519.Signing.PrivateKey()) }

    /// Reads a key from its file.
    ///
    /// - Throws: ``AuditFileError`` when there is none, or others can read it too.
    package init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AuditFileError("the key \(path) cannot be read: make one by `almanac audit key`")
        }
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & 0o077 == 0 else {
            throw AuditFileError("the key \(path) can be read by others: run `chmod 600` on it, or make another one")
        }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix(Self.mark), let bytes = Base64URL.decode(String(text.dropFirst(Self.mark.count))),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else { throw AuditFileError("\(path) is no key of `almanac audit key`") }
        self.init(key)
    }

    /// Makes a key and its file, which must not be there.
    ///
    /// - Throws: ``AuditFileError``.
    package static func create(at path: String) throws -> AuditKey {
        let key = AuditKey()
        let text = Self.mark + Base64URL.encode(Array(key.key.rawRepresentation)) + "\n"
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        // The mode comes with the creation: there is no moment at which others can read it.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AuditFileError(path, "cannot be made") }
        defer { close(descriptor) }
        try AuditFile.write(Array(text.utf8), to: descriptor, path)
        return key
    }

    /// What checks its signatures.
    package var publicKey: AuditPublicKey { AuditPublicKey(self.key.publicKey) }

    func sign(_ bytes: [UInt8]) throws -> [UInt8] { Array(try self.key.signature(for: bytes)) }
}

/// What checks signatures of an ``AuditKey``; no secret.
package struct AuditPublicKey: Sendable, CustomStringConvertible {
    private let key: Curve25519.Signing.PublicKey

    fileprivate init(_ key: Curve25519.Signing.PublicKey) { self.key = key }

    /// Reads the text that ``description`` gives.
    package init?(_ text: String) {
        guard let bytes = Base64URL.decode(text),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    /// 32 bytes as base64url.
    package var description: String { Base64URL.encode(Array(self.key.rawRepresentation)) }

    func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        self.key.isValidSignature(signature, for: bytes)
    }
}
