internal import AlmanacStorage
internal import ServiceLifecycle

/// The encrypted columns of a deployment with the keys that open them.
///
/// Plugins seal and open by ``KeyRing``; this looks after the whole: it tells at the start whether the keys are those
/// of the database, and seals everything again after a rotation.
package struct FieldEncryption: Sendable {
    /// What a pass over all columns led to.
    package struct Pass: Sendable, Equatable {
        /// How many values are sealed with the primary now that were not before.
        package var resealed = 0
        /// How many rows had been changed by somebody else meanwhile and kept what they had.
        package var overtaken = 0
        /// How many values could not be opened; they stay as they are.
        package var unreadable = 0
        /// The keys that those which could not be opened name.
        package var unknownKeys: Set<KeyID> = []
    }

    /// How many values are read, and then written in one transaction.
    private static let batch = 200

    /// Seals and opens.
    package let ring: KeyRing
    private let database: Database
    private let columns: [EncryptedColumn]
    private let registry: KeyRegistry
    private let random: any RandomSource

    init(_ ring: KeyRing, columns: [EncryptedColumn], database: Database, random: any RandomSource) {
        self.ring = ring
        self.columns = columns
        self.database = database
        self.registry = KeyRegistry(database: database.entering(.kernel))
        self.random = random
    }

    // MARK: Starting

    /// Makes sure that the keys are those of the database; makes the first key where there is none.
    ///
    /// Runs at each start, after the schema is up to date and before anything is sealed.
    ///
    /// - Returns: The place of the first key when it was made now.
    /// - Throws: ``SecretsError`` that names the key which is missing; then nothing was changed.
    package func prepare() async throws -> String? {
        let registered = try await self.registry.all()
        guard let list = try self.ring.source.read() else { return try await self.makeFirstKey(registered) }
        if let lost = registered.first(where: { list.find($0) == nil }) { throw self.ring.unknown(lost) }
        _ = try await self.registry.register(list.primary.id)
        return nil
    }

    private func makeFirstKey(_ registered: [KeyID]) async throws -> String? {
        if let lost = registered.first { throw self.ring.unknown(lost) }
        let source = self.ring.source
        guard source.makesFirstKey else {
            throw SecretsError(.noKeys, "\(source.name) has no keys yet: run `almanac keys create`")
        }
        let isMade = try source.create(KeyList(firstAt: self.database.clock.now, random: self.random))
        let list = try self.ring.reload()
        guard try await self.registry.register(list.primary.id, asFirst: isMade) else {
            // Another host has begun with a key of its own at the same time.
            source.discard()
            let others = try await self.registry.all().map(\.description).joined(separator: ", ")
            throw SecretsError(
                .noKeys,
                "another host has just made the first key of this database (\(others)): copy its key file to "
                    + "\(source.name)")
        }
        return isMade ? source.name : nil
    }

    // MARK: Rotating

    /// How many values are sealed with which key.
    package func usage() async throws -> [KeyID: Int] {
        var found: [KeyID: Int] = [:]
        for column in self.columns {
            found.merge(try await EncryptedRows(column, in: self.database).usage(), uniquingKeysWith: +)
        }
        return found
    }

    /// Seals everything with the primary that is not sealed with it yet.
    ///
    /// Can be interrupted and repeated at any time, and run beside servers: values are read and written in batches, and
    /// a row that somebody changes between the two keeps what it has.
    ///
    /// - Returns: What it led to.
    /// - Throws: ``SecretsError`` when there is no key; ``AlmanacStorage/StorageError``; `CancellationError` between two
    ///   batches, when the host is to end.
    package func reseal() async throws -> Pass {
        let primary = try self.ring.reload().primary.id
        _ = try await self.registry.register(primary)
        var pass = Pass()
        for column in self.columns {
            let rows = EncryptedRows(column, in: self.database)
            var last: EncryptedRows.Row?
            repeat {
                let found = try await rows.notSealed(with: primary, after: last, limit: Self.batch)
                try await self.reseal(found, rows, &pass)
                if Task.isShuttingDownGracefully { throw CancellationError() }
                try Task.checkCancellation()
                last = found.last
            } while last != nil
        }
        return pass
    }

    private func reseal(_ found: [EncryptedRows.Row], _ rows: EncryptedRows, _ pass: inout Pass) async throws {
        var replacements: [(row: EncryptedRows.Row, sealed: [UInt8])] = []
        for row in found {
            do {
                replacements.append((row, try self.ring.seal(self.ring.open(row.sealed, in: row.cell), in: row.cell)))
            } catch let error as SecretsError {
                pass.unreadable += 1
                if case .unknownKey(let key) = error.code { pass.unknownKeys.insert(key) }
            }
        }
        guard !replacements.isEmpty else { return }
        let changed = try await rows.replace(replacements)
        pass.resealed += changed
        pass.overtaken += replacements.count - changed
    }

    /// For how many seconds a key must have been a former one before it can be removed.
    ///
    /// Every server has noticed by then that it is no longer the primary; see ``KeyRing/freshness``.
    package static let retirementSeconds: Int64 = 600

    /// Makes sure that a key can be removed, and notes that it is.
    ///
    /// - Throws: ``SecretsError`` that says why not.
    package func retire(_ key: EncryptionKey) async throws {
        guard key.state == .former else {
            throw SecretsError(.badKeys, "\(key) is still in use: only a former key can be removed")
        }
        let age = self.database.clock.now.microseconds(since: key.since) / 1_000_000
        guard age >= Self.retirementSeconds else {
            throw SecretsError(
                .badKeys,
                "\(key) was the primary until \(key.since.rfc3339): a server may still use it. Try again ten minutes "
                    + "after that")
        }
        if let count = try await self.usage()[key.id] {
            let values = count == 1 ? "1 value is" : "\(count) values are"
            throw SecretsError(.badKeys, "\(values) still encrypted with \(key): run `almanac keys rotate --resume`")
        }
        try await self.registry.remove(key.id)
    }

    /// Gives up a key that is lost, so that the deployment can start without it.
    ///
    /// Values that are sealed with it stay as they are, and can be read again should it be found.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - abandonsValues: Whether it is given up although values are sealed with it.
    /// - Returns: How many values cannot be read any more.
    /// - Throws: ``SecretsError`` that says why not.
    package func forget(_ key: KeyID, abandonsValues: Bool) async throws -> Int {
        guard try self.ring.source.read()?.find(key) == nil else {
            throw SecretsError(.badKeys, "\(self.ring.source.name) has the key \(key): there is nothing to give up")
        }
        let count = try await self.usage()[key] ?? 0
        guard count == 0 || abandonsValues else {
            throw SecretsError(
                .badKeys,
                "\(count) values are encrypted with the key \(key), and nobody can read them without it: look for it in "
                    + "your backups, or say --abandon-values")
        }
        try await self.registry.remove(key)
        return count
    }
}
