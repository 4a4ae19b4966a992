/// What a key may be used for: a permission, or a pattern that stands for several.
///
/// `bookings:create` is one permission, `bookings:*` all of a resource, `*:read` one action on everything, and `*` all
/// that the key's owner may do.
struct APIKeyScope: Sendable, Hashable {
    /// As it was written.
    let text: String
    private let resource: String?
    private let action: String?

    /// Reads a scope, or `nil` when the text has another form.
    init?(_ text: String) {
        self.text = text
        guard !text.utf8.elementsEqual("*".utf8) else {
            self.resource = nil
            self.action = nil
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isPart), parts != ["*", "*"] else { return nil }
        self.resource = parts[0] == "*" ? nil : parts[0]
        self.action = parts[1] == "*" ? nil : parts[1]
    }

    private static func isPart(_ part: String) -> Bool {
        part.utf8.elementsEqual("*".utf8)
            || (1...60).contains(part.utf8.count) && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
    }

    /// Whether it stands for this permission.
    func covers(_ permission: Permission) -> Bool { self.covers(named: permission.name) }

    /// Whether it stands for the permission with this name.
    func covers(named name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1)
        guard parts.count == 2 else { return false }
        return (self.resource.map { $0.utf8.elementsEqual(parts[0]) } ?? true)
            && (self.action.map { $0.utf8.elementsEqual(parts[1]) } ?? true)
    }
}

extension Grants {
    /// What is left of the grants for a key with these scopes.
    ///
    /// A key never manages keys, users or roles, whatever its scopes say: whoever got hold of it could give themselves
    /// what the key may not do.
    func restricted(to scopes: [APIKeyScope]) -> Grants {
        self.filtered { permission in
            !KernelPermissions.personal.contains(permission) && scopes.contains { $0.covers(permission) }
        }
    }
}
