internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A permission to act for somebody.
enum Guardian {
    /// What a guardian is to their ward.
    enum Relation: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        case parent
        /// Appointed by law or a court.
        case guardian
        case assistant
        case other
    }

    /// On whose side it was granted.
    enum Granter: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// The ward's own: they have agreed to it.
        case customer
        case staff
    }
}

/// The input of `POST /customers/{id}/guardians`.
struct NameGuardian: APIInput {
    let id: ID<Customer>
    let person: ID<Person>
    let relation: Guardian.Relation

    static let constraints: [String: Constraint] = [
        "person": .field("Who is to act for the customer: somebody with an account, as GET /me names them.")
    ]
}

/// The input of `GET /customers/{id}/guardians`.
struct ListGuardians: APIInput {
    let id: ID<Customer>
}

/// The input of `DELETE /customers/{id}/guardians/{guardian}`.
struct RevokeGuardian: APIInput {
    let id: ID<Customer>
    let guardian: ID<Guardian>
}

/// Who acts for a customer, as the API shows it.
struct GuardianView: Codable, Sendable, Versioned {
    let id: ID<Guardian>
    let person: ID<Person>
    let name: String
    let relation: Guardian.Relation
    let grantedBy: Guardian.Granter
    let since: Instant
    let version: Int
}

/// Those who act for a customer.
struct GuardianList: Codable, Sendable {
    let items: [GuardianView]
}

/// Those for whom the caller acts.
struct WardList: Codable, Sendable {
    /// One of them.
    struct Ward: Codable, Sendable {
        /// What the caller sends as `customer` when they book for them; absent until somebody has made them one.
        let customer: ID<Customer>?
        let name: String
        let relation: Guardian.Relation
        let guardian: ID<Guardian>
    }

    let items: [Ward]
}
