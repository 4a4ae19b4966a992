public import AlmanacKernel

/// One of the two organizations of every fixture.
///
/// They share everything that can be shared (addresses, roles, names), so that a test that mixes them up fails.
public enum TestPlace: String, Sendable, CaseIterable {
    /// In Berlin, German and euros.
    case north
    /// In New York, English and dollars.
    case south

    /// The organization's slug.
    public var slug: String { self.rawValue }

    var zoneName: String { self == .north ? "Europe/Berlin" : "America/New_York" }
    var locale: String { self == .north ? "de" : "en" }
    var currency: String { self == .north ? "EUR" : "USD" }
}

/// A user of the fixture: in both organizations, as a person of each, with the same role and password.
public enum TestMember: String, Sendable, CaseIterable {
    /// Runs the organization.
    case admin
    /// Provides what is booked.
    case provider
    /// Books.
    case customer
    /// Books too, and has no business with the bookings of ``customer``.
    case otherCustomer

    /// The address to sign in with.
    public var email: String { self == .otherCustomer ? "other.customer@example.org" : "\(self.rawValue)@example.org" }

    /// The password of every member.
    public static let password = "correct horse battery staple"

    /// What the user is.
    public var role: Role {
        switch self {
        case .admin: .admin
        case .provider: .provider
        case .customer, .otherCustomer: .customer
        }
    }
}
