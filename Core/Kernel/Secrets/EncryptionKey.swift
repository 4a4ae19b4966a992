package import AlmanacStorage
internal import Crypto

/// A key of 256 bits with its name and its place in the ring.
package struct EncryptionKey: Sendable {
    /// What a key is used for.
    package enum State: String, Sendable, CaseIterable {
        /// Seals and opens. A ring has one of them.
        case primary
        /// Opens only; a rotation makes it the primary. It lets every host know a key before one of them uses it.
        case standby
        /// Opens only, until nothing is sealed with it any more.
        case former
    }

    static let length = 32

    /// Its name.
    package let id: KeyID
    /// What it is used for.
    package let state: State
    /// Since when it has been used for that.
    package let since: Instant
    let material: SymmetricKey

    init(_ material: SymmetricKey, _ state: State, since: Instant) {
        self.id = KeyID(of: material)
        self.material = material
        self.state = state
        self.since = since
    }

    /// Draws a key.
    init(drawnFrom random: any RandomSource, _ state: State, since: Instant) {
        self.init(SymmetricKey(data: random.bytes(Self.length)), state, since: since)
    }

    /// The same key in another state.
    func becoming(_ state: State, at now: Instant) -> EncryptionKey { EncryptionKey(self.material, state, since: now) }

    /// The line that stands for it in a key file: the only way in which a key leaves the program.
    var line: String {
        let secret = self.material.withUnsafeBytes { Base64URL.encode(Array($0)) }
        return "\(self.id) \(self.state.rawValue) \(self.since.rfc3339) \(secret)"
    }
}

extension EncryptionKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Name and state, never the key.
    package var description: String { "key \(self.id) (\(self.state.rawValue))" }
    /// As ``description``.
    package var debugDescription: String { self.description }
    /// Shows nothing of the key.
    package var customMirror: Mirror { Mirror(self, children: ["id": self.id, "state": self.state]) }
}
