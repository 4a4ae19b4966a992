internal import AlmanacStorage

/// Whose factor is used or changed, where and through what: what the audit entries about it say.
struct FactorTrace: Sendable {
    let user: ID<User>
    let organization: OrganizationID
    let origin: Origin
    /// Who does it, where it is not the user.
    var actor: String?

    /// Writes an audit entry in a transaction of the platform's own.
    func note(_ action: String, _ isSuccess: Bool, _ detail: JSON = .object([:]), in tx: Transaction) throws {
        try AuditTrail.append(
            AuditEntry(
                id: tx.id(), at: tx.now, organization: self.organization, actor: self.actor ?? "user:\(self.user)",
                action: action,
                object: .init("user", self.user), isSuccess: isSuccess, origin: self.origin, detail: detail),
            in: tx)
    }
}
