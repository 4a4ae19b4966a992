import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Logging
import Messaging

/// Two organizations with a school each, and the API that everybody calls.
struct SecurityWorld: Sendable {
    let platform: TestPlatform
    /// Without limits on how often one may come, but for ``crowd``.
    let api: API
    let description: APIDescription
    let sample: SampleInput
    /// A role whose users may read once a day.
    static let crowd = Role("crowd")
    private let schools: [TestPlace: MatrixSchool]

    init(_ platform: TestPlatform, _ mailbox: TestMailbox = TestMailbox()) async throws {
        self.platform = platform
        let once = RateLimit(requests: 1, seconds: 86_400)
        let limits = RateLimits([.reads: .init(perRole: [.init(Self.crowd, once)])])
        self.api = try API(
            platform.runtime, settings: APISettings(title: "Test", version: "0", limits: limits),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
        self.description = try APIDescription(try self.api.openAPI)
        self.sample = SampleInput(document: self.description.document)
        var schools: [TestPlace: MatrixSchool] = [:]
        for place in TestPlace.allCases {
            schools[place] = try await MatrixSchool(platform, mailbox, place, Self.client(self.api, place))
        }
        self.schools = schools
    }

    /// A client of somebody who has not signed in.
    func client(in place: TestPlace = .north) -> APIClient { Self.client(self.api, place) }

    private static func client(_ api: API, _ place: TestPlace) -> APIClient {
        APIClient(api, headers: [("Almanac-Organization", place.slug)])
    }

    /// A client of a member who has signed in.
    func client(as member: TestMember, in place: TestPlace = .north) async throws -> APIClient {
        try await self.client(in: place).signedIn(member.email)
    }

    func school(_ place: TestPlace = .north) throws -> MatrixSchool {
        guard let school = self.schools[place] else { throw TestKitError("there is no school in \(place)") }
        return school
    }

    /// A valid request of an operation by an administrator, on an object that was made for it.
    ///
    /// - Throws: ``TestKitError`` when nobody knows how the operation is called.
    func request(_ operation: DocumentedOperation, in place: TestPlace = .north) async throws -> MatrixRequest {
        let recipe = try Recipe.of(operation, Recipe.all)
        let school = try self.school(place)
        let object = try await recipe.kind?.make(.peer, of: nil, in: school) ?? SampleInput.nobody
        return try await MatrixRequest(operation, recipe, on: object, in: school, self.sample)
    }

    /// The path of a list that has several items, once the school has been filled.
    ///
    /// - Throws: ``TestKitError`` for the list of something that nobody knows to fill.
    func path(ofList operation: DocumentedOperation, in place: TestPlace = .north) async throws -> String {
        let school = try self.school(place)
        switch operation.route {
        case "GET /api/v1/bookings/{id}/changes": return "/api/v1/bookings/\(try await school.movedBooking())/changes"
        case "GET /api/v1/bookings/{id}/attendees":
            return "/api/v1/bookings/\(try await school.attendedBooking())/attendees"
        case "GET /api/v1/providers/{id}/reviews":
            for _ in 0..<2 { _ = try await school.reviewedBooking(of: .otherCustomer, with: school.second) }
            return "/api/v1/providers/\(school.second)/reviews"
        case "GET /api/v1/resources/{id}/blocked-times":
            return "/api/v1/resources/\(try await school.blockedResource())/blocked-times"
        case "GET /api/v1/bookings/zone-shifts":
            try await school.shiftZones()
            return operation.path
        case "GET /api/v1/users/{id}/sessions": break
        default:
            guard operation.path.contains("{") else { return operation.path }
            throw TestKitError("nobody knows how to fill \(operation.route): say it in SecurityWorld.path(ofList:in:)")
        }
        let somebody = try await school.newcomer(.customer)
        for _ in 0..<2 { _ = try await school.sessionID(of: somebody.email) }
        return "/api/v1/users/\(somebody.user)/sessions"
    }
}

/// Runs `body` with two organizations with a school each.
func withSecurityWorld<T>(_ engine: TestEngine, _ body: (SecurityWorld) async throws -> T) async throws -> T {
    try await withMailedPlatform(engine) { try await body(try await SecurityWorld($0, $1)) }
}

/// Runs `body` with the product's plugins and somebody who takes mails.
func withMailedPlatform<T>(
    _ engine: TestEngine, _ body: (TestPlatform, TestMailbox) async throws -> T
) async throws -> T {
    let mailbox = TestMailbox()
    var setup = TestPlatform.Setup()
    setup.mail = mailbox
    setup.web = ScarceWeb()
    setup.oidc = OIDCSignIn.Configuration(providers: [MatrixSchool.signInProvider], gateway: ScriptedGateway())
    // No sign-in for one request ends the session of another caller.
    setup.sessions.maximumSessions = 10_000
    let enabled = [
        // One person holds one slot of each kind of request.
        EnabledPlugin(Bookings.declaration.id, settings: ["defaults": ["holdsPerCustomer": 50]]),
        EnabledPlugin(Messaging.declaration.id),
    ]
    return try await withPlatform(engine, plugins: [Bookings.self, Messaging.self], enabled: enabled, setup: setup) {
        try await body($0, mailbox)
    }
}

extension TestPlace {
    /// The other one of the two.
    var other: TestPlace { self == .north ? .south : .north }
}
