package import AlmanacStorage

/// Somebody was refused something that they may not do.
package struct RefusedAttempt: Sendable {
    let organization: OrganizationID
    let actor: String
    let action: String
    let operation: String
    let code: String
    let origin: Origin

    /// Describes a refusal.
    ///
    /// - Parameters:
    ///   - organization: In whose log it belongs.
    ///   - actor: Who was refused; see ``Principal/name``.
    ///   - action: The action of the entry.
    ///   - operation: The permanent name of the operation that was refused.
    ///   - code: The code of the refusal.
    ///   - origin: Through what.
    package init(
        _ organization: OrganizationID, actor: String, action: String = "kernel.access.refused", operation: String,
        code: String, origin: Origin
    ) {
        self.organization = organization
        self.actor = actor
        self.action = action
        self.operation = operation
        self.code = code
        self.origin = origin
    }

    /// The network block it came from: an address of IPv6 stands for all of its 64 bits.
    var block: String {
        guard let address = self.origin.address else { return "" }
        return NetworkAddress(address)?.limitName ?? address
    }

    /// The entry for the first refusal of its kind.
    func entry(at now: Instant) -> AuditDraft {
        AuditDraft(self, at: now, self.origin, self.facts)
    }

    /// The entry for more of the same kind.
    func summary(_ count: Int, since: Instant, until: Instant) -> AuditDraft {
        var origin = self.origin
        origin.requestID = ""
        let facts = self.facts + Self.facts(count, since, until)
        return AuditDraft(self, at: until, origin, facts)
    }

    /// The entry for refusals of other kinds in the same organization.
    func others(_ count: Int, since: Instant, until: Instant) -> AuditDraft {
        let refused = RefusedAttempt(
            self.organization, actor: "anonymous", operation: "", code: "", origin: Origin(self.origin.channel))
        let facts = [("others", JSON.bool(true))] + Self.facts(count, since, until)
        return AuditDraft(refused, at: until, refused.origin, facts)
    }

    private var facts: [(String, JSON)] { [("code", .string(self.code)), ("operation", .string(self.operation))] }

    private static func facts(_ count: Int, _ since: Instant, _ until: Instant) -> [(String, JSON)] {
        [
            ("count", .number(JSONNumber(count))), ("since", .string(since.rfc3339)), ("until", .string(until.rfc3339)),
        ]
    }
}

extension Refusal {
    /// Whether somebody tried what they may not do.
    ///
    /// Whoever has not tried to be anybody has tried nothing; and what is wrong with an address and a password, or with
    /// the answer of an OpenID provider, is reported by signing in itself.
    package var isOfAccess: Bool {
        switch self.kind {
        case .forbidden: true
        case .unauthenticated:
            !["unauthenticated", "invalid_credentials"].contains(self.code) && !self.code.hasPrefix("oidc_")
        default: false
        }
    }
}

/// An entry that is to be written.
struct AuditDraft: Sendable {
    private let refused: RefusedAttempt
    private let at: Instant
    private let origin: Origin
    private let detail: JSON

    init(_ refused: RefusedAttempt, at: Instant, _ origin: Origin, _ facts: [(String, JSON)]) {
        self.refused = refused
        self.at = at
        self.origin = origin
        self.detail = .object(JSONObject(facts))
    }

    func entry(id: ID<AuditEntry>) -> AuditEntry {
        AuditEntry(
            id: id, at: self.at, organization: self.refused.organization, actor: self.refused.actor,
            action: self.refused.action, object: nil, isSuccess: false, origin: self.origin, detail: self.detail)
    }
}
