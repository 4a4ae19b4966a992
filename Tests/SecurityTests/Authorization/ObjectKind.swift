import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// What operations are about; a new kind of object needs a line in each of the two tables below.
enum ObjectKind: String, Sendable, CaseIterable {
    case booking
    case customer
    case provider
    case eventType
    case blockedTime
    case pendingBooking
    case begunBooking
    /// A booking of which nothing is known but that it is made.
    case newBooking
    case completedBooking
    case reviewedBooking
    /// Made by somebody without an account.
    case guestBooking
    case series
    /// What is scheduled once, with seats.
    case groupSession
    case draftSession
    case endedSession
    case waitlistEntry
    case offeredEntry
    case location
    case calendarEvent
    case calendarInvitation
    case calendarDiscovery
    case attendee
    case guardian
    case resource
    case resourceBlock
    case hold
    case holidayCalendar
    case calendarSource
    case calendarFeed
    case session
    case refreshToken
    case user
    case userSession
    case userGrant
    case invitation
    case role
    case apiKey
    case consent
    case auditEntry
    /// An entry of the audit log as the one who acted sees it.
    case act
    case block
    case pluginSettings
    case registrationToken
    case resetToken
    case addressToken
    case signInProvider
    case signInTry
    case identity
    case message
    case inboxItem
    case messageTemplate
    case messagePreferences
    case event
    case deadLetter
    case job
    case failedJob

    /// The kind of object that a segment of a path names, as `bookings` in `/bookings/{id}`.
    static let bySegment: [String: ObjectKind] = [
        "bookings": .booking, "customers": .customer, "providers": .provider, "event-types": .eventType,
        "blocked-times": .blockedTime, "sessions": .session, "users": .user, "invitations": .invitation,
        "roles": .role, "api-keys": .apiKey, "consents": .consent, "audit": .auditEntry, "activity": .act,
        "blocks": .block,
        "settings": .pluginSettings, "oidc": .signInProvider, "identities": .identity,
        "messages": .message, "inbox": .inboxItem, "message-templates": .messageTemplate,
        "message-preferences": .messagePreferences, "resources": .resource, "holds": .hold,
        "holiday-calendars": .holidayCalendar,
        "calendar-sources": .calendarSource, "calendar-feeds": .calendarFeed,
        "booking-series": .series, "waitlist": .waitlistEntry, "locations": .location,
        "calendar-events": .calendarEvent, "calendar-discoveries": .calendarDiscovery,
        "events": .event, "dead-letters": .deadLetter, "jobs": .job,
    ]

    /// What stands between the parts of what identifies an object by several parts of a path, as a user and a session.
    static let separator: Character = "~"

    /// Makes an object that stands so to a member of the school; `nil` where there can be none.
    ///
    /// - Parameters:
    ///   - relation: `own`, `assigned` or `peer`; an object elsewhere is a `peer` of the other school.
    ///   - member: Who calls; somebody who is nobody here has peers only.
    ///   - newcomer: Who calls in place of the member.
    ///   - school: Where it is made.
    /// - Returns: What identifies it in a request.
    /// - Throws: ``TestKitError`` when the school refuses.
    func make(
        _ relation: Relation, of member: TestMember?, or newcomer: Newcomer? = nil, in school: MatrixSchool
    ) async throws -> String? {
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
        case (.pendingBooking, .own, let member?): try await school.pendingBooking(of: member, with: school.second)
        case (.pendingBooking, .assigned, .provider):
            try await school.pendingBooking(of: .otherCustomer, with: school.first)
        case (.pendingBooking, .peer, _): try await school.pendingBooking(of: .otherCustomer, with: school.second)
        case (.begunBooking, .own, let member?): try await school.begunBooking(of: member, with: school.second)
        case (.begunBooking, .assigned, .provider):
            try await school.begunBooking(of: .otherCustomer, with: school.first)
        case (.begunBooking, .peer, _): try await school.begunBooking(of: .otherCustomer, with: school.second)
        case (.resource, .peer, _): try await school.resource()
        case (.resourceBlock, .peer, _): try await school.resourceBlock()
        case (.hold, .own, let member?): try await school.hold(of: member)
        case (.hold, .peer, _): try await school.hold(of: .otherCustomer)
        case (.holidayCalendar, .peer, _): try await school.holidayCalendar()
        case (.calendarSource, .own, .provider): try await school.calendarSource(of: school.first)
        case (.calendarSource, .peer, _): try await school.calendarSource(of: school.second)
        case (.session, .own, let member?): try await school.sessionID(of: member)
        case (.session, .peer, _): try await school.sessionID(of: .otherCustomer)
        case (.refreshToken, .own, let member?): try await school.session(of: member).refreshToken
        case (.refreshToken, .peer, _): try await school.session(of: .otherCustomer).refreshToken
        default: try await self.makeOfPeople(relation, of: member, or: newcomer, in: school)
        }
    }

    private func makeOfPeople(
        _ relation: Relation, of member: TestMember?, or newcomer: Newcomer?, in school: MatrixSchool
    ) async throws -> String? {
        let (booker, provider): (TestMember, String)
        switch (relation, member) {
        case (.own, let member?): (booker, provider) = (member, school.second)
        case (.assigned, .provider): (booker, provider) = (.otherCustomer, school.first)
        case (.peer, _): (booker, provider) = (.otherCustomer, school.second)
        default: return try await self.makeOfAccounts(relation, of: member, or: newcomer, in: school)
        }
        switch self {
        case .newBooking: return try await school.booking(of: booker, with: provider).id
        case .series: return try await school.series(of: booker, with: provider)
        case .completedBooking: return try await school.completedBooking(of: booker, with: provider)
        case .reviewedBooking: return try await school.reviewedBooking(of: booker, with: provider)
        case .attendee: return try await school.attendee(of: booker, with: provider)
        case .guardian:
            let customer =
                switch relation {
                case .own: try await school.customer(booker)
                case .assigned: try await school.booking(of: booker, with: provider)["customer"]?.id ?? ""
                default: try await school.someCustomer()
                }
            return try await school.guardian(of: customer)
        case .guestBooking: return relation == .own ? nil : try await school.guestBooking(with: provider)
        case .waitlistEntry, .offeredEntry:
            let entry =
                try await relation == .own ? school.waitlistEntry(of: booker) : school.waitlistEntry()
            return self == .offeredEntry ? try await school.offer(entry) : entry
        case .calendarDiscovery where relation != .assigned:
            return try await school.discovery(of: relation == .own && booker == .provider ? school.first : provider)
        case .calendarEvent where relation == .peer: return try await school.calendarEvent(of: nil)
        case .calendarEvent where relation == .own && booker != .customer:
            return try await school.calendarEvent(of: booker)
        case .calendarInvitation where relation != .assigned:
            return try await school.invitation(of: relation == .own ? booker : .otherCustomer)
        case .groupSession, .draftSession, .endedSession, .location:
            return relation == .peer ? try await self.makePublic(in: school) : nil
        default: return try await self.makeOfAccounts(relation, of: member, or: newcomer, in: school)
        }
    }

    /// What belongs to the organization as a whole.
    private func makePublic(in school: MatrixSchool) async throws -> String? {
        switch self {
        case .groupSession: try await school.groupSession()
        case .draftSession: try await school.draftSession()
        case .endedSession: try await school.endedSession()
        case .location: try await school.location()
        default: nil
        }
    }

    private func makeOfAccounts(
        _ relation: Relation, of member: TestMember?, or newcomer: Newcomer?, in school: MatrixSchool
    ) async throws -> String? {
        let owner: Newcomer
        switch (relation, member) {
        case (.own, let member?):
            if let newcomer { owner = newcomer } else { owner = try await school.known(member) }
        case (.peer, _): owner = try await school.newcomer(.customer)
        default: return nil
        }
        return switch (self, relation) {
        case (.user, _): owner.user
        case (.userSession, _): "\(owner.user)\(Self.separator)\(try await school.sessionID(of: owner.email))"
        case (.userGrant, _): "\(owner.user)\(Self.separator)\(try await school.grant(to: owner.user))"
        case (.apiKey, _): try await school.apiKey(of: owner)["apiKey"]?.id
        case (.consent, _): try await school.consent(of: owner)
        case (.addressToken, _): try await school.addressToken(of: owner)
        case (.signInTry, _): try await school.signInTry(of: owner)
        case (.identity, _): try await school.identity(of: owner)
        case (.calendarFeed, _): try await school.calendarFeed(of: owner)
        case (.inboxItem, _): try await school.inboxItem(of: owner)
        case (.messagePreferences, _): try await school.person(of: owner).description
        case (.message, .peer): try await school.failedMessage()
        case (.messageTemplate, .peer): try await school.messageTemplate()
        case (.signInProvider, .peer): MatrixSchool.signInProvider.id
        case (.resetToken, .peer): try await school.resetToken(of: owner)
        case (.registrationToken, .peer): try await school.registrationToken()
        case (.invitation, .peer): try await school.invitation()
        case (.role, .peer): try await school.role()
        case (.auditEntry, .peer): try await school.auditEntry()
        case (.act, _): try await school.act(of: owner)
        case (.block, .peer): try await school.block()
        case (.pluginSettings, .peer): "bookings"
        default: relation == .peer ? try await self.makeOfOperations(in: school) : nil
        }
    }

    private func makeOfOperations(in school: MatrixSchool) async throws -> String? {
        switch self {
        case .event: try await school.event()
        case .deadLetter: try await school.deadLetter()
        case .job: try await school.job()
        case .failedJob: try await school.failedJob()
        default: nil
        }
    }

    /// Whether other operations than those that name it end it, so that each request gets one of its own.
    var isShortLived: Bool {
        switch self {
        case .session, .refreshToken, .userSession, .registrationToken, .resetToken, .addressToken, .signInTry, .act,
            .hold, .pendingBooking, .begunBooking, .newBooking, .completedBooking, .reviewedBooking, .guestBooking,
            .attendee, .guardian, .series, .groupSession, .draftSession, .endedSession, .waitlistEntry, .offeredEntry,
            .calendarEvent, .calendarInvitation, .calendarDiscovery, .calendarSource, .calendarFeed, .deadLetter, .job,
            .failedJob:
            true
        default: false
        }
    }

    /// Whether each organization has the same one, or it names its organization itself, so that there is none elsewhere
    /// that is not here too.
    var isEverywhere: Bool { self == .pluginSettings || self == .signInProvider || self == .calendarFeed }

    /// Whether its identifier stands in one parameter, whatever it holds.
    var isOnePart: Bool { self == .deadLetter }

    /// What stands for an object that has never been.
    var nobody: String {
        switch self {
        // Of the form of a token, without a session behind it.
        case .refreshToken: "almanac_refresh_" + String(repeating: "A", count: 64)
        case .registrationToken, .resetToken, .addressToken: "almanac_mail_" + String(repeating: "A", count: 43)
        case .calendarFeed: String(repeating: "A", count: 43) + ".ics"
        case .userSession, .userGrant, .resourceBlock, .attendee, .guardian:
            "\(SampleInput.nobody)\(Self.separator)\(SampleInput.nobody)"
        case .role, .pluginSettings, .signInProvider: "nobody"
        case .signInTry:
            [MatrixSchool.signInProvider.id, String(repeating: "A", count: 43), "state", "code"].joined(
                separator: String(Self.separator))
        case .deadLetter: "\(SampleInput.nobody)~messaging.tell"
        case .block: "reads-user-crowd." + String(repeating: "0", count: 32)
        default: SampleInput.nobody
        }
    }
}
