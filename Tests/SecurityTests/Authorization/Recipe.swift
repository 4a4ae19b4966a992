import AlmanacStorage
import AlmanacTestKit

/// How an operation is called so that only who calls and on what decides about its answer.
///
/// Most follows from the description: the object of `/bookings/{id}` is a booking, and the body is what the schema asks
/// for. What a schema cannot tell, as which start is free, stands in ``all``.
struct Recipe: Sendable {
    /// Where a request names the object that it is about.
    enum Place: Sendable {
        /// In the path.
        case path
        /// In this field of the body.
        case body(String)
        /// In this field of the query.
        case query(String)
        /// Nowhere: the answer is a list, and the question is whether it holds the object.
        case list
        /// Nowhere: the request is about nothing in particular.
        case nowhere
    }

    var kind: ObjectKind?
    var place = Place.nowhere
    /// Whether it ends the session with which it is called, which therefore begins just before.
    var endsSession = false
    /// Whether it changes the account that calls or what it may do, so that somebody who has just been made calls.
    var spendsCaller = false
    /// What such a newcomer has to do before; fields of the body that come out of it.
    var prepare: @Sendable (MatrixSchool, Newcomer) async throws -> [(String, JSON)] = { _, _ in [] }
    /// Whether somebody or something else is made for each request, so that the database has changed before it is sent.
    var makesOthers = false
    /// Fields of the body besides those that follow from its schema; given the object.
    var fields: @Sendable (MatrixSchool, String) async throws -> [(String, JSON)] = { _, _ in [] }

    /// Parameters of the query besides those that follow from its schema, or instead of them.
    var query: @Sendable (MatrixSchool) async throws -> [String: String] = { _ in [:] }

    /// What follows from the description, corrected by ``all``.
    static func of(_ operation: DocumentedOperation, _ recipes: [String: Recipe]) throws -> Recipe {
        var recipe = recipes[operation.route] ?? Recipe()
        guard case .nowhere = recipe.place, !Self.aboutNothing.contains(operation.route) else { return recipe }
        let segments = operation.path.split(separator: "/").map(String.init)
        if let parameter = segments.firstIndex(where: { $0.hasPrefix("{") }), parameter > 0 {
            recipe.place = .path
            recipe.kind = try recipe.kind ?? Self.kind(of: segments[parameter - 1], operation)
        } else if operation.isList {
            recipe.place = .list
            recipe.kind = try recipe.kind ?? Self.kind(of: segments.last ?? "", operation)
        }
        return recipe
    }

    private static func kind(of segment: String, _ operation: DocumentedOperation) throws -> ObjectKind {
        if let kind = ObjectKind.bySegment[segment] { return kind }
        throw TestKitError(
            """
            \(operation.route): nobody knows how to make one of /\(segment). Add a case to ObjectKind, with the segment \
            and how each relation is made, or name the operation in Recipe.aboutNothing
            """)
    }

    /// Operations with a path parameter or a list that are about no object of anybody's.
    static let aboutNothing = Self.aboutDeployment.union([
        "GET /api/v1/auth/oidc", "GET /api/v1/bookings/zone-shifts",
    ])

    /// Operations that show the deployment as a whole, which the two schools share: neither of them is answered.
    static let aboutDeployment: Set<String> = [
        "GET /api/v1/deployment/plugins", "GET /api/v1/deployment/checks", "GET /api/v1/deployment/metrics",
        "GET /api/v1/deployment/backups",
    ]

    /// What the description does not tell, by method and path.
    static let all: [String: Recipe] = Self.bookings.merging(Self.accounts) { $1 }
        .merging(Self.messaging) { $1 }.merging(Self.calendars) { $1 }.merging(Self.people) { $1 }
        .merging(Self.series) { $1 }.merging(Self.places) { $1 }
        .merging(Self.operations) { $1 }

    private static let bookings: [String: Recipe] = [
        "POST /api/v1/auth/token": Recipe(fields: { _, _ in
            [("email", .string(TestMember.customer.email)), ("password", .string(TestMember.password))]
        }),
        "POST /api/v1/auth/refresh": Recipe(kind: .refreshToken, place: .body("refreshToken")),
        "POST /api/v1/auth/logout": Recipe(kind: .refreshToken, place: .body("refreshToken"), endsSession: true),
        "POST /api/v1/bookings": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in
                [("eventType", .string(school.lesson)), ("start", .string(await school.freeStart()))]
            }),
        "POST /api/v1/bookings/{id}/reschedule": Recipe(fields: { school, _ in
            [("start", .string(await school.freeStart()))]
        }),
        "POST /api/v1/blocked-times": Recipe(
            kind: .provider, place: .body("provider"),
            fields: { _, provider in Self.members(MatrixSchool.blockedTimeInput(provider)) }),
        "GET /api/v1/slots": Recipe(kind: .eventType, place: .query("eventType")),
        "POST /api/v1/event-types": Recipe(fields: { school, _ in
            Self.members(MatrixSchool.eventTypeInput(await school.slug(), [school.first]))
        }),
        "PUT /api/v1/event-types/{id}": Recipe(fields: { school, id in
            Self.members(MatrixSchool.eventTypeInput(try await school.slug(of: id), []))
        }),
        "POST /api/v1/providers": Recipe(fields: { _, _ in [("familyName", "Somebody")] }),
        "PUT /api/v1/providers/{id}/weekly-rules": Recipe(fields: { _, _ in [("rules", MatrixSchool.hours)] }),
    ]

    static func members(_ json: JSON) -> [(String, JSON)] {
        (json.object?.members ?? []).map { ($0.name, $0.value) }
    }
}
