public import AlmanacStorage

extension RateLimiter {
    /// How many blocks are told at most.
    public static let blocksLimit = 1_000

    /// Who is held off now, by this host's count and, for what all hosts count together, by theirs; those who wait
    /// longest come first.
    ///
    /// - Parameter tx: Reads what other hosts have counted.
    /// - Returns: At most ``blocksLimit``.
    /// - Throws: Storage errors.
    public func blocks(in tx: ReadTransaction) throws -> [LimitBlock] {
        let now = self.clock.now
        var found: [String: LimitBlock] = [:]
        func add(_ policy: LimitPolicy, _ key: LimitKey, _ microseconds: Int64) {
            let block = LimitBlock(policy, key, until: now.adding(microseconds: microseconds))
            if let known = found[block.id], known.until >= block.until { return }
            found[block.id] = block
        }
        for held in self.heldHere(at: now.microseconds) { add(held.policy, held.key, held.microseconds) }
        if self.hosts != nil {
            for held in try SharedLimits.blocks(self.sharedPolicies, limit: Self.blocksLimit, in: tx) {
                add(held.policy, held.key, held.microseconds)
            }
        }
        let sorted = found.values.sorted { ($1.until, $0.id) < ($0.until, $1.id) }
        return Array(sorted.prefix(Self.blocksLimit))
    }

    /// Of ``blocks(in:)`` what the transaction's organization may know: its own users and keys, and addresses and identifiers
    /// only where it is alone.
    ///
    /// Whose address or identifier it is nobody can say: it may be somebody's of another organization.
    public func visibleBlocks(in tx: ReadTransaction) throws -> [LimitBlock] {
        guard let organization = tx.scope.organization else { return try self.blocks(in: tx) }
        let blocks = try self.blocks(in: tx)
        let users = blocks.filter { $0.subject == .user }.map(\.user)
        let own = try tx.values(
            """
            SELECT user_id FROM \(Person.table)
            WHERE organization_id = \(organization) AND user_id IN \(list: users)
            """, as: ID<User>.self)
        let keys = try tx.values(
            """
            SELECT id FROM \(APIKey.table)
            WHERE organization_id = \(organization) AND id IN \(list: blocks.filter { $0.subject == .key }.map(\.apiKey))
            """, as: ID<APIKey>.self)
        let organizations = try tx.value("SELECT count(*) FROM \(Organization.table)", as: Int.self) ?? 0
        return blocks.filter { block in
            switch block.subject {
            case .user: own.contains(block.user)
            case .key: keys.contains(block.apiKey)
            case .address, .identifier: organizations == 1
            }
        }
    }

    /// Ends a block: what is owed is forgotten, here when the transaction commits and for all hosts with it.
    ///
    /// Another host's own count of a class that hosts do not share stays as it is.
    ///
    /// - Parameters:
    ///   - block: One of ``blocks(in:)``.
    ///   - tx: The transaction that says who did it.
    /// - Throws: Storage errors.
    public func lift(_ block: LimitBlock, in tx: Transaction) throws {
        guard let policy = self.policies.first(where: { $0.name == block.policy }) else { return }
        if self.hosts != nil, self.sharedPolicies.contains(policy) {
            try SharedLimits.lift(policy, block.key, in: tx)
        }
        tx.afterCommit { self.forget(policy, block.key) }
    }

    private var sharedPolicies: [LimitPolicy] {
        let names = RateClass.allCases.filter(\.isShared).map { "\($0.rawValue)-" }
        return self.policies.filter { policy in names.contains { policy.name.hasPrefix($0) } }
    }
}
