import AlmanacStorage
import AlmanacTestKit

/// What operations are about; a new kind of object needs a line in each of the two tables below.
enum ObjectKind: String, Sendable, CaseIterable {
    case booking
    case customer
    case provider
    case eventType
    case blockedTime
    case session
    case refreshToken

    /// The kind of object that a segment of a path names, as `bookings` in `/bookings/{id}`.
    static let bySegment: [String: ObjectKind] = [
        "bookings": .booking, "customers": .customer, "providers": .provider, "event-types": .eventType,
        "blocked-times": .blockedTime, "sessions": .session,
    ]

    /// Makes an object that stands so to a member of the school; `nil` where there can be none.
    ///
    /// - Parameters:
    ///   - relation: `own`, `assigned` or `peer`; an object elsewhere is a `peer` of the other school.
    ///   - member: Who calls; somebody who is nobody here has peers only.
    ///   - school: Where it is made.
    /// - Returns: What identifies it in a request.
    /// - Throws: ``TestKitError`` when the school refuses.
    func make(_ relation: Relation, of member: TestMember?, in school: MatrixSchool) async throws -> String? {
        switch (self, relation, member) {
        case (.booking, .own, let member?): try await school.booking(of: member, with: school.second).id
        case (.booking, .assigned, .provider): try await school.booking(of: .otherCustomer, with: school.first).id
        case (.booking, .peer, _): try await school.booking(of: .otherCustomer, with: school.second).id
        case (.customer, .own, let member?): try await school.customer(member)
        case (.customer, .assigned, .provider):
            try await school.booking(of: .otherCustomer, with: school.first)["customer"]?.id
        case (.customer, .peer, _): try await school.someCustomer()
        case (.provider, .own, .provider): school.first
        case (.provider, .peer, _): try await school.someProvider()
        case (.eventType, .peer, _): try await school.someEventType()
        case (.blockedTime, .own, .provider): try await school.blockedTime(of: school.first)
        case (.blockedTime, .peer, _): try await school.blockedTime(of: school.second)
        case (.session, .own, let member?): try await school.sessionID(of: member)
        case (.session, .peer, _): try await school.sessionID(of: .otherCustomer)
        case (.refreshToken, .own, let member?): try await school.session(of: member).refreshToken
        case (.refreshToken, .peer, _): try await school.session(of: .otherCustomer).refreshToken
        default: nil
        }
    }

    /// Whether other operations than those that name it end it, so that each request gets one of its own.
    var isShortLived: Bool { self == .session || self == .refreshToken }

    /// What stands for an object that has never been.
    var nobody: String {
        switch self {
        // Of the form of a token, without a session behind it.
        case .refreshToken: "almanac_refresh_" + String(repeating: "A", count: 64)
        default: SampleInput.nobody
        }
    }
}
