import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Identifiers of the other organization, put wherever an operation takes an identifier.
///
/// A foreign key alone would let them pass: its check does not see row-level security.
struct ForeignReferenceTests {
    /// What a field refers to, by its name.
    private static let meanings: [String: @Sendable (SecurityWorld, TestPlace) async throws -> String] = [
        "provider": { try $0.school($1).second },
        "providers": { try $0.school($1).second },
        "resources": { try await $0.school($1).resource() },
        "customer": { try await $0.school($1).someCustomer() },
        "eventType": { try $0.school($1).lesson },
        "booking": { world, place in
            let school = try world.school(place)
            return try await school.booking(of: .customer, with: school.second).id
        },
        // Members of the fixture are users in both organizations.
        "user": { try await $0.school($1).newcomer(.customer).user },
        "onBehalfOf": { try await $0.school($1).newcomer(.customer).user },
        "calendars": { try await $0.school($1).holidayCalendar() },
        "hold": { try await $0.school($1).hold(of: .otherCustomer) },
        "person": { try $0.platform.person(.otherCustomer, in: $1).description },
        "hosts": { try $0.school($1).second },
        "participants": { world, place in
            let school = try world.school(place)
            return try await school.person(of: try await school.newcomer(.customer)).description
        },
        "session": { try await $0.school($1).groupSession() },
        "location": { try await $0.school($1).location() },
        "series": { world, place in
            let school = try world.school(place)
            return try await school.series(of: .customer, with: school.second)
        },
    ]

    /// Fields that cannot stand beside another one.
    private static let exclusive = [
        "person": ["givenName", "familyName", "email", "phone"],
        "session": ["eventType", "provider", "weekdays", "startTime", "endTime", "from", "to", "providers"],
    ]

    /// Fields that take nothing but what belongs to another object of the request, or of an event type made for them.
    private static func isBound(_ field: Field, of operation: DocumentedOperation) -> Bool {
        if Self.isForGuests(operation) { return field.name != "provider" }
        // Of somebody else's event, and of a booking that takes a slot.
        if operation.route == "PUT /api/v1/calendar-events/{id}" { return true }
        if operation.route == "POST /api/v1/bookings/{id}/reschedule", field.name == "session" { return true }
        // Of a series only what was held as one.
        if field.name == "hold", operation.path.contains("/booking-series") { return true }
        return field.name == "location" || (field.name == "booking" && operation.path.contains("/booking-series/"))
    }

    /// Whether it is for those who have no account.
    private static func isForGuests(_ operation: DocumentedOperation) -> Bool {
        operation.isPublic && operation.path.hasPrefix("/api/v1/guest-")
    }

    /// Fields that must fit what another one names, with their values.
    private static func companions(
        of field: Field, _ id: String, in operation: DocumentedOperation, _ world: SecurityWorld, _ client: APIClient
    ) async throws -> [(name: String, value: JSON)] {
        if field.name == "session", operation.body?["properties"]?["start"] != nil {
            let session = try await client.get("/api/v1/sessions/\(id)").expect(200)
            let start = ("start", session["parts"]?.array?.first?["start"] ?? .null)
            guard operation.body?["properties"]?["eventType"] != nil else { return [start] }
            return [start, ("eventType", .string(try world.school().lesson))]
        }
        guard field.name == "hold" else { return [] }
        let hold = try await client.get("/api/v1/holds/\(id)").expect(200)
        let start = hold["start"]?.string ?? ""
        let isOfSeries = operation.body?["properties"]?["starts"] != nil
        return [
            ("eventType", hold["eventType"] ?? .null),
            isOfSeries ? ("starts", .array([.string(String(start.dropLast()))])) : ("start", .string(start)),
            ("customer", .string(try await world.school().customer(.otherCustomer))),
        ]
    }

    /// A field that holds an identifier, or several.
    private struct Field {
        let name: String
        let isList: Bool
        let isInBody: Bool
    }

    private static func fields(of operation: DocumentedOperation) -> [Field] {
        let body = operation.body?["properties"]?.object?.members.map { ($0.name, $0.value, true) } ?? []
        let query = operation.parameters(in: "query").map { ($0.name, $0.schema, false) }
        return (body + query).compactMap { name, schema, isInBody in
            let isList = schema["items"]?["format"]?.string == "uuid"
            let isNamed = Self.meanings[name] != nil && schema["items"] == nil
            guard isList || schema["format"]?.string == "uuid" || isNamed else { return nil }
            return Field(name: name, isList: isList, isInBody: isInBody)
        }
    }

    private static func send(
        _ id: String, as field: Field, of operation: DocumentedOperation, _ world: SecurityWorld, _ client: APIClient,
        beside companions: [(name: String, value: JSON)]
    ) async throws -> APIAnswer {
        let request = try await world.request(operation)
        guard field.isInBody else {
            let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
            let others =
                parts.count > 1 ? parts[1].split(separator: "&").filter { !$0.hasPrefix("\(field.name)=") } : []
            let query = (others.map(String.init) + ["\(field.name)=\(id)"]).joined(separator: "&")
            return await client.send(request.method, "\(parts[0])?\(query)", headers: request.headers)
        }
        var body = request.body?.object ?? [:]
        for name in Self.exclusive[field.name] ?? [] { body[name] = nil }
        for (name, value) in companions { body[name] = value }
        body[field.name] = field.isList ? [.string(id)] : .string(id)
        return await client.send(request.method, request.target, json: .object(body), headers: request.headers)
    }

    @Test("v5.0.0-8.4.1 no field takes an identifier of another organization", arguments: TestEngine.allCases)
    func noFieldTakesAnIdentifierOfAnotherOrganization(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            var count = 0
            for operation in world.description.operations {
                for field in Self.fields(of: operation) {
                    guard let meaning = Self.meanings[field.name] else {
                        Issue.record("\(operation.route): say in ForeignReferenceTests what \(field.name) refers to")
                        continue
                    }
                    count += 1
                    let made = try await meaning(world, .north)
                    let beside = try await Self.companions(of: field, made, in: operation, world, admin)
                    // Who books without an account has none.
                    let client = Self.isForGuests(operation) ? world.client() : admin
                    let own = try await Self.send(made, as: field, of: operation, world, client, beside: beside)
                    #expect(own.status < 300 || Self.isBound(field, of: operation), "the control failed: \(own)")
                    let elsewhere = try await meaning(world, .south)
                    let foreign = try await Self.send(
                        elsewhere, as: field, of: operation, world, client, beside: beside)
                    let nobody = SampleInput.nobody
                    let missing = try await Self.send(nobody, as: field, of: operation, world, client, beside: beside)
                    #expect(operation.isRead || foreign.status >= 400, "\(foreign)")
                    #expect(
                        Indistinguishable.essence(foreign, without: elsewhere)
                            == Indistinguishable.essence(missing, without: nobody))
                }
            }
            #expect(count >= 10)
        }
    }
}
