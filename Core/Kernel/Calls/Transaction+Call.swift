public import AlmanacStorage

extension ReadTransaction {
    func callState() throws -> CallState {
        guard let state = self.attachment as? CallState else { throw NoCall() }
        return state
    }

    /// The call that opened this transaction, or `nil` when none did.
    public var call: Call? { (self.attachment as? CallState)?.call }

    /// Refuses the caller unless `permission` reaches an object of this ownership.
    ///
    /// - Throws: ``Refusal`` of kind `forbidden` or `unauthenticated`. Where even the existence of the object is
    ///   nobody's business, look it up with ``filter(_:)`` instead.
    public func require(_ permission: Permission, on ownership: Ownership) throws {
        try self.callState().require(permission, on: ownership)
    }

    /// Which rows of a list `permission` lets the caller see.
    ///
    /// - Throws: ``Refusal`` when the permission is not granted at all.
    public func filter(_ permission: Permission) throws -> AccessFilter {
        try self.callState().filter(permission)
    }

    /// Whether `permission` reaches an object of this ownership: for lists of allowed actions.
    public func allows(_ permission: Permission, on ownership: Ownership) -> Bool {
        guard let state = self.attachment as? CallState else { return false }
        let hadDecided = state.hasDecided
        defer { state.hasDecided = hadDecided }
        return (try? state.require(permission, on: ownership)) != nil
    }
}

extension Transaction {
    func callState() throws -> CallState { try self.reading.callState() }

    /// The call that opened this transaction, or `nil` when none did.
    public var call: Call? { self.reading.call }

    /// Refuses the caller unless `permission` reaches an object of this ownership; see
    /// ``AlmanacStorage/ReadTransaction/require(_:on:)``.
    public func require(_ permission: Permission, on ownership: Ownership) throws {
        try self.reading.require(permission, on: ownership)
    }

    /// Which rows `permission` lets the caller see; see ``AlmanacStorage/ReadTransaction/filter(_:)``.
    public func filter(_ permission: Permission) throws -> AccessFilter {
        try self.reading.filter(permission)
    }

    /// Whether `permission` reaches an object of this ownership.
    public func allows(_ permission: Permission, on ownership: Ownership) -> Bool {
        self.reading.allows(permission, on: ownership)
    }

    /// Goes on as a guest, whom the operation has just made of a caller who has not signed in.
    ///
    /// From here on the call is the guest's: they may what their pass permits with what is theirs, and audit entries
    /// name them.
    ///
    /// - Parameter guest: The guest, whose pass need not exist yet.
    /// - Returns: The call as it is from now on.
    /// - Throws: ``Refusal`` `already_known` when the caller has signed in or shows a pass.
    public func admit(_ guest: Guest) throws -> Call { try self.callState().admit(guest) }

    /// Writes an audit entry in this transaction.
    ///
    /// - Parameters:
    ///   - action: What was done, as `bookings.booking.cancelled`.
    ///   - object: What it was done to.
    ///   - changes: Which fields were changed, for what changes something that was there.
    ///   - detail: Facts that explain it, without secrets: ids, states.
    /// - Throws: An error where no call opened the transaction, or what the statement throws.
    public func audit(
        _ action: String, object: AuditEntry.Object? = nil, changes: AuditChanges? = nil, detail: JSON = .object([:])
    ) throws {
        let state = try self.callState()
        var detail = detail
        if let key = state.call.principal.user?.apiKey, case .object(var members) = detail {
            members["apiKey"] = .string(key.description)
            detail = .object(members)
        }
        try AuditTrail.append(
            AuditEntry(
                id: self.id(), at: self.now, organization: state.call.organization, actor: state.call.principal.name,
                onBehalfOf: state.call.principal.onBehalfOf, action: action, object: object, isSuccess: true,
                origin: state.call.origin, detail: detail, changes: changes),
            in: self.entering(.kernel))
        state.auditEntries += 1
    }

    /// Tells that something has happened, in this transaction: the event and a delivery for each consumer are stored.
    ///
    /// - Throws: ``UndeclaredUse`` when the plugin whose code runs does not declare the event.
    public func emit<Event: DomainEvent>(_ event: Event) throws {
        let state = try self.callState()
        try state.platform.checkEmission(of: Event.self, by: self.room)
        let consumers = state.platform.consumers.subscribers(of: Event.wire)
        try Outbox.append(
            event, organization: state.call.organization, consumers: consumers, in: self.entering(.kernel))
        let signal = state.platform.deliveries
        let isHandled = !consumers.isEmpty
        self.afterCommit {
            signal.emitted()
            if isHandled { signal.wake() }
        }
    }

    /// Lets every policy for a decision look at it, change it and veto it.
    ///
    /// First the locks of all of them are taken, together and in order.
    ///
    /// - Parameter subject: The decision; policies change it in place.
    /// - Throws: What a policy throws: the decision must not be written. ``UndeclaredUse`` when a policy sets what it does
    ///   not say, or needs locks and others were taken without them.
    public func decide<Subject: PolicySubject>(_ subject: inout Subject) throws {
        guard let chain = try self.callState().platform.policies(for: Subject.self) else { return }
        try chain.decide(&subject, in: self)
    }

    /// What the policies for these decisions must have to themselves, sorted.
    ///
    /// A command that locks something itself takes these along in its one call of ``lock(_:)``; one that does not need
    /// not ask, for ``decide(_:)`` takes them.
    ///
    /// - Parameter subjects: The decisions that may come of it.
    /// - Returns: The keys of all policies; none when no policy names any.
    /// - Throws: What a policy throws that looks for what it needs.
    public func locks<Subject: PolicySubject>(for subjects: [Subject]) throws -> [LockKey] {
        guard let chain = try self.callState().platform.policies(for: Subject.self) else { return [] }
        return try chain.locks(for: subjects, in: self.reading)
    }
}
