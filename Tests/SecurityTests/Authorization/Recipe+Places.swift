import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about where appointments take place, and about calendars besides bookings.
    static let places: [String: Recipe] = [
        "POST /api/v1/locations": Recipe(fields: { school, _ in [("name", .string("Place \(await school.next())"))] }),
        "PUT /api/v1/locations/{id}": Recipe(fields: { school, _ in
            [("name", .string("Place \(await school.next())"))]
        }),
        "PUT /api/v1/locations/{id}/travel-times": Recipe(fields: { _, _ in [("travelTimes", .array([]))] }),
        "POST /api/v1/calendar-events": Recipe(fields: { _, _ in Self.members(MatrixSchool.eventInput([])) }),
        "PUT /api/v1/calendar-events/{id}": Recipe(fields: { _, _ in Self.members(MatrixSchool.eventInput([])) }),
        "POST /api/v1/calendar-events/{id}/answer": Recipe(
            kind: .calendarInvitation,
            fields: { _, _ in
                [("answer", "accepted")]
            }),
        "POST /api/v1/calendar-discoveries": Recipe(
            kind: .provider, place: .body("provider"),
            fields: { _, provider in Self.members(MatrixSchool.discoveryInput(provider)) }),
        "POST /api/v1/calendar-discoveries/{id}/sources": Recipe(fields: { school, _ in
            for provider in [school.first, school.second] { try await school.thinCalendarSources(of: provider) }
            return [("calendar", 0)]
        }),
    ]
}
