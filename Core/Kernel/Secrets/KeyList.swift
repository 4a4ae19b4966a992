package import AlmanacStorage
internal import Crypto

/// The keys of a deployment: one that seals, others that only open.
///
/// Its text has one key a line, as `ID STATE SINCE KEY`; lines that begin with `#` are comments, and `;` stands for a
/// line break where there is only one line, as in a variable of the environment.
package struct KeyList: Sendable {
    /// Why a text is no list of keys; never shows a key.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// The keys in the order of writing.
    package let keys: [EncryptionKey]
    /// The key that seals.
    package let primary: EncryptionKey

    /// A list of one key, drawn now.
    package init(firstAt now: Instant, random: any RandomSource) {
        self.primary = EncryptionKey(drawnFrom: random, .primary, since: now)
        self.keys = [self.primary]
    }

    private init(_ keys: [EncryptionKey]) throws(Fault) {
        let primaries = keys.filter { $0.state == .primary }
        guard let primary = primaries.first, primaries.count == 1 else {
            throw Fault(description: "one key must be the primary, and \(primaries.count) are")
        }
        for (index, key) in keys.enumerated() where keys[..<index].contains(where: { $0.id == key.id }) {
            throw Fault(description: "the key \(key.id) stands in it twice")
        }
        self.keys = keys
        self.primary = primary
    }

    /// Reads a list.
    ///
    /// - Throws: ``Fault`` with the number of the line.
    package init(parsing text: String) throws(Fault) {
        var keys: [EncryptionKey] = []
        let lines = text.utf8.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x3B }
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }.map { String(Substring($0)) }
            guard let first = words.first, first.utf8.first != UInt8(ascii: "#") else { continue }
            do throws(Fault) {
                keys.append(try Self.key(words))
            } catch {
                throw Fault(description: "line \(index + 1): \(error)")
            }
        }
        try self.init(keys)
    }

    private static func key(_ words: [String]) throws(Fault) -> EncryptionKey {
        guard words.count == 4, let id = KeyID(words[0]) else {
            throw Fault(description: "expected ID STATE SINCE KEY")
        }
        guard let state = EncryptionKey.State(rawValue: words[1]) else {
            let states = EncryptionKey.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(description: "the state of key \(id) is none of \(states)")
        }
        guard let since = Instant(rfc3339: words[2]) else {
            throw Fault(description: "the time of key \(id) is no RFC 3339 time")
        }
        let bytes = Base64URL.decode(words[3])
        guard let bytes, bytes.count == EncryptionKey.length else {
            throw Fault(description: "the key \(id) is not \(EncryptionKey.length) bytes in base64url")
        }
        let key = EncryptionKey(SymmetricKey(data: bytes), state, since: since)
        guard key.id == id else {
            throw Fault(description: "what stands behind \(id) is another key: was the line changed or cut off?")
        }
        return key
    }

    /// The list as it stands in a key file.
    package var text: String {
        """
        # The keys of an Almanac deployment. Whoever has this file can read what is encrypted in its database, and
        # without it nobody can: back it up, apart from the database, and let nobody else read it.
        # One key a line: its name, its state, since when, the key. `almanac keys` changes this file.

        """ + self.keys.map { $0.line + "\n" }.joined()
    }

    /// The key with this name.
    package func find(_ id: KeyID) -> EncryptionKey? { self.keys.first { $0.id == id } }

    // MARK: Changes

    /// The list with one more key, which opens until a rotation makes it the primary.
    package func addingStandby(at now: Instant, random: any RandomSource) throws(Fault) -> KeyList {
        try KeyList(self.keys + [EncryptionKey(drawnFrom: random, .standby, since: now)])
    }

    /// The list with another primary: the oldest key in standby, or one drawn now.
    package func rotated(at now: Instant, random: any RandomSource) throws(Fault) -> KeyList {
        let waiting = self.keys.first { $0.state == .standby }
        let next = waiting ?? EncryptionKey(drawnFrom: random, .standby, since: now)
        let others = self.keys.filter { $0.id != next.id }.map { key in
            key.state == .primary ? key.becoming(.former, at: now) : key
        }
        return try KeyList(others + [next.becoming(.primary, at: now)])
    }

    /// The list without a key that is no longer used.
    package func removing(_ id: KeyID) throws(Fault) -> KeyList {
        try KeyList(self.keys.filter { $0.id != id })
    }
}
