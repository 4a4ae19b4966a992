internal import AlmanacStorage
internal import Crypto
internal import Foundation

/// Encrypts kept answers with a key derived from the deployment's ring.
///
/// Answers live for a day, so that a rotation does not seal them again: any key of the ring opens them, and an answer
/// whose key has been removed is one that is not kept.
struct EncryptedAnswers: AnswerSealing {
    let ring: KeyRing
    let random: any RandomSource

    private static let purpose: StaticString = "kept answers 1"
    private static let nonceLength = 12

    func seal(_ answer: [UInt8], for row: [UInt8]) throws -> [UInt8] {
        guard let key = try self.ring.derived(for: Self.purpose).first else { return [] }
        let nonce = try AES.GCM.Nonce(data: self.random.bytes(Self.nonceLength))
        let box = try AES.GCM.seal(answer, using: key, nonce: nonce, authenticating: row)
        return Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    func open(_ sealed: [UInt8], for row: [UInt8]) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        for key in try self.ring.derived(for: Self.purpose) {
            if let answer = try? AES.GCM.open(box, using: key, authenticating: row) { return Array(answer) }
        }
        throw CryptoKitError.authenticationFailure
    }
}
