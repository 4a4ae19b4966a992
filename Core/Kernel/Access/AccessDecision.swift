internal import AlmanacStorage

/// Why a scope reaches an object, or that it does not.
enum Reach: String, Sendable {
    /// The scope is the whole organization.
    case organization
    /// The object belongs to the person.
    case owner
    /// The object is assigned to the person.
    case assignee
    /// It does not.
    case nothing
}

extension AccessScope {
    /// Whether a permission of this scope reaches an object; what single checks and explanations are decided by.
    ///
    /// ``filter(for:)`` says the same of lists. Somebody who is no person owns nothing.
    func reach(_ ownership: Ownership, for person: ID<Person>?) -> Reach {
        if self == .organization { return .organization }
        guard let person else { return .nothing }
        if ownership.owners.contains(person) { return .owner }
        return self == .assigned && ownership.assignees.contains(person) ? .assignee : .nothing
    }

    /// Which rows of a list a permission of this scope lets a person see; `nil` when that is none.
    func filter(for person: ID<Person>?) -> AccessFilter? {
        if self == .organization { return .organization }
        return person.map { self == .assigned ? .assigned($0) : .own($0) }
    }
}
