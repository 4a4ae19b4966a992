internal import AlmanacStorage

/// What one attempt at a call has done so far; travels with its transaction and is made anew when it is repeated.
final class CallState {
    private(set) var call: Call
    let platform: Platform
    /// The name of the operation.
    let operation: String
    /// Whether an ownership decision has been taken for the caller.
    var hasDecided = false
    /// How many audit entries have been written.
    var auditEntries = 0

    init(call: Call, platform: Platform, operation: String) {
        self.call = call
        self.platform = platform
        self.operation = operation
    }

    /// The call as it stands at the beginning of its transaction: what was granted for a time may be over by now.
    ///
    /// - Throws: ``Refusal`` when the caller may not do any more what they could when they asked.
    func begin(_ access: Access, at now: Instant) throws -> Call {
        guard case .user(let user) = self.call.principal, user.grants.ends(by: now) else { return self.call }
        self.call.principal = .user(user.at(now))
        try Invoker.authorize(access, self.call)
        return self.call
    }

    /// Goes on as a guest, whom the operation has just made of a caller who has not signed in.
    func admit(_ guest: Guest) throws -> Call {
        guard case .anonymous = self.call.principal else { throw Refusal.alreadyKnown }
        self.call.principal = .guest(guest)
        return self.call
    }

    /// How far the caller's permission reaches.
    func scope(of permission: Permission) throws -> AccessScope {
        guard let scope = self.call.principal.scope(of: permission) else {
            if case .anonymous = self.call.principal { throw Refusal.unauthenticated }
            throw Refusal.forbidden(permission)
        }
        return scope
    }

    func require(_ permission: Permission, on ownership: Ownership) throws {
        self.hasDecided = true
        let scope = try self.scope(of: permission)
        guard scope.reach(ownership, for: self.call.principal.person) != .nothing else {
            throw Refusal.forbidden(permission)
        }
    }

    func filter(_ permission: Permission) throws -> AccessFilter {
        self.hasDecided = true
        let scope = try self.scope(of: permission)
        guard let filter = scope.filter(for: self.call.principal.person) else {
            throw Refusal.forbidden(permission)
        }
        return filter
    }
}

/// Code asked a transaction for its call, but the transaction was not opened by a call: a mistake of ours.
struct NoCall: Error, CustomStringConvertible {
    var description: String { "this transaction was not opened by a command or query" }
}
