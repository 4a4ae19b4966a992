package import AlmanacStorage
package import Crypto
internal import Synchronization

/// Seals and opens values with the keys of the deployment.
///
/// ```swift
/// static let token = EncryptedColumn(Self.table, "token", keys: .uuid("id"))
///
/// let sealed = try keys.seal(Array(token.utf8), in: Self.token.cell(in: organization, id))
/// let bytes = try keys.open(sealed, in: Self.token.cell(in: organization, id))
/// ```
/// The primary key seals, every key of the ring opens. The keys are read again when a value names a key that is not
/// known, at most once a second, and once a minute otherwise: so that a rotation by another process reaches this one.
/// Safe to share between tasks and fast enough for transactions; what it reads then is one small file.
public final class KeyRing: Sendable {
    private struct State {
        var list: KeyList?
        var readAt: Instant?
        /// Keys for other purposes, by purpose; made anew when the list is read.
        var derived: [String: [SymmetricKey]] = [:]
    }

    /// Microseconds after which the keys are read again: within this time every host seals with a new primary.
    static let freshness: Int64 = 60_000_000
    /// Microseconds between two searches for keys that are not known.
    static let searchInterval: Int64 = 1_000_000

    let source: any KeySource
    private let clock: any WallClock
    private let random: any RandomSource
    private let state = Mutex(State())

    package init(_ source: any KeySource, clock: any WallClock, random: any RandomSource) {
        self.source = source
        self.clock = clock
        self.random = random
    }

    // MARK: Sealing

    /// Encrypts a value for one place.
    ///
    /// - Parameters:
    ///   - value: What nobody else is to read.
    ///   - cell: Where it will stand; it opens nowhere else.
    /// - Returns: What to store, 33 bytes longer than the value.
    /// - Throws: ``SecretsError`` when there is no key, or the place is named wrongly.
    public func seal(_ value: [UInt8], in cell: EncryptedColumn.Cell) throws -> [UInt8] {
        let place = try cell.authenticatedBytes()
        let key = try self.keys(noOlderThan: Self.freshness).primary
        return try SealedValue.seal(
            value, with: key, nonce: SealedValue.drawNonce(self.random.bytes), authenticating: place)
    }

    /// Decrypts what was sealed for one place.
    ///
    /// - Parameters:
    ///   - sealed: What is stored.
    ///   - cell: Where it stands.
    /// - Returns: The value.
    /// - Throws: ``SecretsError`` `unknownKey` when the ring does not hold its key; `unreadable` when it was sealed for
    ///   another place or has been changed.
    public func open(_ sealed: [UInt8], in cell: EncryptedColumn.Cell) throws -> [UInt8] {
        let place = try cell.authenticatedBytes()
        guard let value = SealedValue(sealed) else { throw Self.unreadable(cell.column) }
        guard let opened = value.open(with: try self.key(value.key), authenticating: place) else {
            throw Self.unreadable(cell.column)
        }
        return opened
    }

    private static func unreadable(_ column: EncryptedColumn) -> SecretsError {
        SecretsError(
            .unreadable, "a value of \(column.label) was not sealed for its row, or has been changed in the database")
    }

    // MARK: Deriving

    /// Keys for another purpose, one from each key of the ring, that of the primary first (HKDF, RFC 5869).
    ///
    /// What is made with the first must be accepted with any, or a rotation would make it worthless at once. Who knows a
    /// derived key learns nothing of the ring's or of those for other purposes.
    ///
    /// - Parameters:
    ///   - purpose: A permanent name of the purpose, as `cursor signing 1`.
    ///   - isSearch: Whether those that are known do not fit something that may be another host's, which may know a
    ///     newer key: the keys are then read again, at most once a second.
    /// - Returns: At least one key of 256 bits.
    /// - Throws: ``SecretsError`` when there is no key.
    package func derived(for purpose: StaticString, isSearch: Bool = false) throws -> [SymmetricKey] {
        let list = try self.keys(noOlderThan: isSearch ? Self.searchInterval : Self.freshness)
        let name = "\(purpose)"
        return self.state.withLock { state in
            let isCurrent =
                state.list?.keys.map(\.id) == list.keys.map(\.id) && state.list?.primary.id == list.primary.id
            if isCurrent, let known = state.derived[name] { return known }
            let ordered = [list.primary] + list.keys.filter { $0.state != .primary }
            let keys = ordered.map { key in
                HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: key.material, info: Array("almanac derived 1 \(name)".utf8), outputByteCount: 32)
            }
            if isCurrent { state.derived[name] = keys }
            return keys
        }
    }

    // MARK: The keys

    /// Reads the keys again, whenever that was last done.
    ///
    /// - Throws: ``SecretsError`` when they cannot be had; then those read before stay in use.
    package func reload() throws -> KeyList {
        try self.keys(noOlderThan: -1)
    }

    /// The keys, read again when that is too long ago.
    func keys(noOlderThan age: Int64) throws -> KeyList {
        let now = self.clock.now
        return try self.state.withLock { state in
            if let list = state.list, !Self.isDue(state, now, after: age) { return list }
            return try self.refresh(&state, now, insisting: age < 0)
        }
    }

    private func key(_ id: KeyID) throws -> EncryptionKey {
        let now = self.clock.now
        let found = try self.state.withLock { state -> EncryptionKey? in
            if let known = state.list?.find(id) { return known }
            if state.list != nil, !Self.isDue(state, now, after: Self.searchInterval) { return nil }
            return try self.refresh(&state, now, insisting: false).find(id)
        }
        guard let found else { throw self.unknown(id) }
        return found
    }

    private static func isDue(_ state: State, _ now: Instant, after age: Int64) -> Bool {
        guard let readAt = state.readAt else { return true }
        let passed = now.microseconds(since: readAt)
        // A clock that was set back must not keep old keys in use.
        return passed >= age || passed < 0
    }

    /// Reads the keys; what cannot be read for the moment, as a file that is being replaced, leaves those known in use.
    private func refresh(_ state: inout State, _ now: Instant, insisting: Bool) throws -> KeyList {
        state.readAt = now
        do {
            guard let list = try self.source.read() else { throw self.missing }
            state.list = list
            state.derived = [:]
            return list
        } catch {
            guard !insisting, let known = state.list else { throw error }
            return known
        }
    }

    private var missing: SecretsError {
        SecretsError(.noKeys, "\(self.source.name) has no keys yet: run `almanac keys create`")
    }

    func unknown(_ id: KeyID) -> SecretsError {
        SecretsError(
            .unknownKey(id),
            "the database is encrypted with the key \(id), which \(self.source.name) does not have: restore that key from "
                + "your backup or from another host; if it is lost for good, see `almanac keys forget --help`")
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    /// Where the keys come from, never a key.
    public var description: String { "keys of \(self.source.name)" }
    /// Shows no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
