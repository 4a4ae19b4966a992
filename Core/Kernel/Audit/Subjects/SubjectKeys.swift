internal import AlmanacStorage
internal import Crypto
internal import Synchronization

/// Seals the personal fields of audit entries, each with the key of its subject, and opens them again.
///
/// Every transaction of the deployment's database carries it (``AlmanacStorage/Database/carrying(_:)``). A subject gets
/// a key in the transaction of its first entry. Keys that seal are remembered for a minute, so that an entry costs no
/// statement of its own; keys that open never are: they are read in the transaction that shows what they open. What is
/// remembered of a key that was erased elsewhere therefore only makes entries that nobody can read.
final class SubjectKeys: Sendable {
    /// Whose key is meant.
    private enum Subject: Hashable {
        case user(ID<User>)
        /// Callers of a month who are nobody known.
        case strangers(LocalDate)

        init(of entry: AuditEntry) {
            let mark = "user:"
            if entry.actor.hasPrefix(mark), let user = ID<User>(String(entry.actor.dropFirst(mark.count))) {
                self = .user(user)
            } else {
                self = .strangers(ArchiveCalendar.month(of: entry.at))
            }
        }
    }

    private struct Place: Hashable {
        let organization: OrganizationID
        let subject: Subject
    }

    private struct Known {
        let id: ID<SubjectKey>
        let material: SymmetricKey
        let readAt: Instant
    }

    private struct State {
        var known: [Place: Known] = [:]
        /// Counts removals, so that a key read before one is not remembered after it.
        var epoch: UInt64 = 0
    }

    /// A key as it was read.
    private enum Held {
        case open(SymmetricKey, isEnding: Bool)
        /// The ring of this deployment cannot open it.
        case unavailable(SecretsError)
        /// It stands in a row for which it was not sealed, or is none.
        case wrong
    }

    /// Microseconds for which a key is remembered.
    static let freshness: Int64 = 60_000_000
    private static let keyLength = 32

    private let ring: KeyRing
    private let random: any RandomSource
    /// How many keys are remembered at most.
    private let capacity: Int
    private let state = Mutex(State())

    init(_ ring: KeyRing, random: any RandomSource, capacity: Int = 20_000) {
        self.ring = ring
        self.random = random
        self.capacity = capacity
    }

    /// The one that a transaction carries.
    ///
    /// - Throws: An error where the database is not that of a runtime: a mistake of ours.
    static func carried(by tx: ReadTransaction) throws -> SubjectKeys {
        guard let keys = tx.companion as? SubjectKeys else { throw NoSubjectKeys() }
        return keys
    }

    // MARK: Sealing

    /// Seals the personal fields of an entry, in the entry's own transaction; `nil` when it has none.
    ///
    /// - Throws: What the database throws; ``SecretsError`` when a new key cannot be sealed.
    static func seal(_ entry: AuditEntry, in tx: Transaction) throws -> SealedFields? {
        guard let fields = PersonalFields(entry.origin) else { return nil }
        return try Self.carried(by: tx.reading).seal(fields, of: entry, in: tx)
    }

    private func seal(_ fields: PersonalFields, of entry: AuditEntry, in tx: Transaction) throws -> SealedFields {
        let key = try self.key(for: entry, in: tx)
        return try SealedFields(
            fields, of: entry.id, in: entry.organization, key: key.id, key.material,
            nonce: self.random.bytes(SealedFields.nonceLength))
    }

    private func key(for entry: AuditEntry, in tx: Transaction) throws -> Known {
        let place = Place(organization: entry.organization, subject: Subject(of: entry))
        if let known = try self.key(at: place, in: tx) { return known }
        // A user who is no person of the organization: nobody's erasure would remove a key of theirs.
        let strangers = Subject.strangers(ArchiveCalendar.month(of: entry.at))
        let key = try self.key(at: Place(organization: entry.organization, subject: strangers), in: tx)
        guard let key else { throw NoSubjectKeys() }
        return key
    }

    private func key(at place: Place, in tx: Transaction) throws -> Known? {
        let (remembered, epoch) = self.state.withLock { ($0.known[place], $0.epoch) }
        if let remembered, (0..<Self.freshness).contains(tx.now.microseconds(since: remembered.readAt)) {
            return remembered
        }
        guard let known = try self.establish(place, in: tx) else { return nil }
        // Not before the commit: a key that was made here may never come to be.
        tx.afterCommit { self.remember(known, at: place, readAt: epoch) }
        return known
    }

    /// The key of a subject, made now when there is none; `nil` for a user who is no person of the organization.
    private func establish(_ place: Place, in tx: Transaction) throws -> Known? {
        switch place.subject {
        case .strangers(let month): return try self.make(.month(month), in: place.organization, tx)
        case .user(let user):
            let present = try SubjectKey.current(of: user, in: place.organization, tx.reading)
            if let known = try self.usable(present, in: tx) { return known }
            // The person is kept until the key is there: whoever erases them finds it, or it is not made.
            let person = try tx.value(
                """
                SELECT id FROM \(Person.table)
                WHERE organization_id = \(place.organization) AND user_id = \(user)\(SQL.forShare)
                """, as: ID<Person>.self)
            return try person.map { try self.make(.person($0), in: place.organization, tx) }
        }
    }

    private func make(
        _ holder: SubjectKey.Holder, in organization: OrganizationID, _ tx: Transaction
    ) throws -> Known {
        let present = try SubjectKey.current(of: holder, in: organization, tx.reading)
        if let known = try self.usable(present, in: tx) { return known }
        let id: ID<SubjectKey> = tx.id()
        let bytes = self.random.bytes(Self.keyLength)
        let sealed = try self.sealed(bytes, in: SubjectKey.sealedColumn.cell(in: organization, id))
        try SubjectKey.insert(
            id, holder, sealed: sealed, clear: sealed == nil ? bytes : nil, in: organization, tx)
        // Of several at once one has inserted it, and all of them read that one.
        let made = try SubjectKey.current(of: holder, in: organization, tx.reading)
        guard let known = try self.usable(made, in: tx) else {
            throw StorageError(.statement, "a key that was just made for audit entries is not there")
        }
        return known
    }

    /// A key as the ring seals it; `nil` where there is no ring.
    private func sealed(_ bytes: [UInt8], in cell: EncryptedColumn.Cell) throws -> [UInt8]? {
        do {
            return try self.ring.seal(bytes, in: cell)
        } catch let error as SecretsError where error.code == .noKeys {
            return nil
        }
    }

    /// A stored key that can seal; one that cannot be opened makes room for another one, so that a lost ring does not
    /// stop everybody from doing anything.
    private func usable(_ stored: SubjectKey?, in tx: Transaction) throws -> Known? {
        guard let stored else { return nil }
        do {
            return Known(id: stored.id, material: try self.open(stored), readAt: tx.now)
        } catch is SecretsError {
            try stored.retire(in: tx)
            return nil
        }
    }

    private func open(_ stored: SubjectKey) throws -> SymmetricKey {
        let bytes: [UInt8]
        if let sealed = stored.sealed {
            bytes = try self.ring.open(sealed, in: SubjectKey.sealedColumn.cell(in: stored.organization, stored.id))
        } else {
            bytes = stored.clear ?? []
        }
        guard bytes.count == Self.keyLength else {
            throw SecretsError(.unreadable, "the key \(stored.id) of audit entries is damaged")
        }
        return SymmetricKey(data: bytes)
    }

    // MARK: Remembering

    private func remember(_ known: Known, at place: Place, readAt epoch: UInt64) {
        self.state.withLock { state in
            guard state.epoch == epoch else { return }
            if state.known.count >= self.capacity { state.known.removeAll(keepingCapacity: true) }
            state.known[place] = known
        }
    }

    /// Forgets all keys, because some were removed.
    func empty() {
        self.state.withLock { state in
            state.epoch &+= 1
            state.known.removeAll(keepingCapacity: true)
        }
    }

    /// How many keys are remembered.
    var count: Int { self.state.withLock { $0.known.count } }

    // MARK: Opening

    /// What can be said of the personal fields of entries, by the keys that are there now.
    ///
    /// - Parameters:
    ///   - entries: Entries of one organization with what they have.
    ///   - organization: Whose.
    ///   - tx: The transaction.
    ///   - keepsKeys: Whether the keys stay until the end of the transaction, which must then be one that writes.
    /// - Returns: A state for each entry, in their order.
    /// - Throws: What the database throws.
    static func states(
        of entries: [(id: ID<AuditEntry>, fields: SealedFields?)], in organization: OrganizationID,
        _ tx: ReadTransaction, keepsKeys: Bool = false
    ) throws -> [PersonalState] {
        let ids = Set(entries.compactMap { $0.fields?.key }).sorted()
        guard !ids.isEmpty else { return entries.map { _ in .absent } }
        let keys = try Self.carried(by: tx)
        var held: [ID<SubjectKey>: Held] = [:]
        for stored in try SubjectKey.all(ids, in: organization, tx, isKept: keepsKeys) {
            held[stored.id] = keys.hold(stored)
        }
        return entries.map { entry in
            guard let fields = entry.fields else { return .absent }
            switch held[fields.key] {
            case nil: return .erased
            case .unavailable(let error): return .unavailable(error)
            case .wrong: return .forged
            case .open(let material, let isEnding):
                guard let opened = fields.open(of: entry.id, in: organization, with: material) else { return .forged }
                return .open(opened, isEnding: isEnding)
            }
        }
    }

    private func hold(_ stored: SubjectKey) -> Held {
        do {
            return .open(try self.open(stored), isEnding: stored.isEnding)
        } catch let error as SecretsError {
            return error.code == .unreadable ? .wrong : .unavailable(error)
        } catch {
            return .wrong
        }
    }
}

/// Code wrote or read audit entries in a database that carries no keys for them: a mistake of ours.
struct NoSubjectKeys: Error, CustomStringConvertible {
    var description: String { "this database carries no keys of audit entries: it is not that of a runtime" }
}
