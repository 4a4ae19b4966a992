internal import AlmanacKernel

/// How far a permission reaches, as the API writes it.
enum ScopeName: String, CaseIterable, APIValue {
    /// What belongs to the person.
    case own
    /// What is assigned to the person as a provider, and what belongs to them.
    case assigned
    /// Everything in the organization.
    case organization

    init(_ scope: AccessScope) {
        switch scope {
        case .own: self = .own
        case .assigned: self = .assigned
        case .organization: self = .organization
        }
    }

    var scope: AccessScope {
        switch self {
        case .own: .own
        case .assigned: .assigned
        case .organization: .organization
        }
    }
}

/// A permission or a pattern of permissions with how far it reaches.
struct RuleView: APIInput {
    let permission: String
    let scope: ScopeName

    static let constraints: [String: Constraint] = [
        "permission": .text(3...120, "As bookings:read; a star stands for any resource or any action.")
    ]

    init(_ rule: AccessRule) {
        self.permission = rule.pattern.description
        self.scope = ScopeName(rule.scope)
    }

    /// Reads rules that a client sent as the field `rules`.
    static func rules(_ views: [RuleView]) throws -> [AccessRule] {
        try views.enumerated().map { index, view in
            AccessRule(try self.pattern(view.permission, "/rules/\(index)/permission"), view.scope.scope)
        }
    }

    /// Reads a pattern that a client sent.
    static func pattern(_ text: String, _ pointer: String) throws -> PermissionPattern {
        guard let pattern = PermissionPattern(text) else {
            throw Refusal.invalid(
                pointer, "permission_pattern",
                "expected resource:action with a star for either, as bookings:read, bookings:* or *:read")
        }
        return pattern
    }
}
