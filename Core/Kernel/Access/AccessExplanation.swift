internal import AlmanacStorage

/// Why a user may do something, or may not.
package struct AccessExplanation: Sendable {
    /// One thing that grants the permission.
    package struct Reason: Sendable {
        /// Where it comes from.
        package enum Source: Sendable {
            /// Plugins declare it for the last role of the path.
            case declared
            /// The last role of the path has this rule.
            case rule(AccessRule)
            /// It is granted directly.
            case grant(DirectGrant)
        }

        /// Where it comes from.
        package let source: Source
        /// The roles from one the user has up to the one that grants it; empty for direct grants.
        package let path: [Role]
        /// How far it reaches.
        package let scope: AccessScope
        /// Whether it counts: a direct grant may be over.
        package let isInForce: Bool
    }

    /// What became of the object that was asked about.
    package struct Object: Sendable {
        /// The kind of thing.
        package let type: String
        /// Its id.
        package let id: String
        /// Why it is reached: `organization`, `owner` or `assignee`; `nothing` when it is not.
        package let reach: String
    }

    /// Who was asked about.
    package let member: Member
    /// What was asked about.
    package let permission: Permission
    /// Everything that grants it; what decides comes first, what is over last.
    package let reasons: [Reason]
    /// The object, when one was asked about and the permission is granted.
    package let object: Object?

    /// Whether the user may.
    package var isAllowed: Bool {
        self.member.isActive && self.member.disabledAt == nil && self.scope != nil
            && self.object?.reach != Reach.nothing.rawValue
    }

    /// How far the permission reaches, or `nil` when it is not granted.
    package var scope: AccessScope? { self.reasons.first { $0.isInForce }?.scope }

    /// The whole in sentences, what decided first.
    package var lines: [String] {
        let object = self.object.map { " on \($0.type) \($0.id)" } ?? ""
        var lines = [
            "\(self.isAllowed ? "allowed" : "denied"): \(self.member.email) \(self.isAllowed ? "may" : "may not") "
                + "\(self.permission)\(object)"
        ]
        if !self.member.isActive { lines.append("the account is suspended in the whole deployment") }
        if let since = self.member.disabledAt { lines.append("the user is disabled since \(since.rfc3339)") }
        if let decisive = self.reasons.first(where: \.isInForce) {
            lines.append("decided by \(decisive)")
        } else {
            lines.append("no role and no direct grant of the user gives \(self.permission)")
        }
        if let object = self.object { lines.append(self.words(for: object)) }
        for reason in self.reasons.dropFirst(self.scope == nil ? 0 : 1) {
            lines.append("\(reason.isInForce ? "also given by" : "no longer given by") \(reason)")
        }
        return lines
    }

    private func words(for object: Object) -> String {
        switch Reach(rawValue: object.reach) ?? .nothing {
        case .organization: "the \(object.type) is reached: everything in the organization is"
        case .owner: "the \(object.type) is reached: it belongs to the user"
        case .assignee: "the \(object.type) is reached: it is assigned to the user"
        case .nothing:
            self.scope == .assigned
                ? "the \(object.type) is not reached: it neither belongs nor is assigned to the user"
                : "the \(object.type) is not reached: it does not belong to the user"
        }
    }
}

extension AccessExplanation.Reason: CustomStringConvertible {
    /// The reason in words: `role office → provider, rule bookings:* (assigned)`.
    package var description: String {
        let path = self.path.map(\.name).joined(separator: " → ")
        return switch self.source {
        case .declared: "role \(path), declared by plugins (\(self.scope.name))"
        case .rule(let rule): "role \(path), rule \(rule)"
        case .grant(let grant):
            "direct grant \(grant.rule) by \(grant.grantedBy), "
                + (grant.expiresAt.map { "until \($0.rfc3339)" } ?? "without an end") + ": \(grant.reason)"
        }
    }
}
