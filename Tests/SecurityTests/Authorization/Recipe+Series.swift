import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about several bookings at once, sessions with seats, and those who wait for either.
    static let series: [String: Recipe] = [
        "POST /api/v1/booking-series": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.seriesInput()) }),
        "POST /api/v1/booking-series/preview": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.seriesInput()) }),
        "POST /api/v1/booking-series/holds": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.seriesInput()) }),
        "POST /api/v1/booking-series/{id}/cancel": Recipe(fields: { _, _ in [("scope", "all")] }),
        "POST /api/v1/booking-series/{id}/reschedule": Recipe(fields: { school, _ in
            [("scope", "all"), ("start", .string(await school.freeWallTimes()[0]))]
        }),
        "GET /api/v1/sessions": Recipe(kind: .groupSession, place: .list),
        "POST /api/v1/sessions": Recipe(fields: { school, _ in Self.members(await school.groupSessionInput()) }),
        "GET /api/v1/sessions/{id}": Recipe(kind: .groupSession),
        "PUT /api/v1/sessions/{id}": Recipe(
            kind: .groupSession,
            fields: { school, _ in
                Self.members(await school.groupSessionInput()).filter { $0.0 != "eventType" }
            }),
        "DELETE /api/v1/sessions/{id}": Recipe(kind: .draftSession),
        "POST /api/v1/sessions/{id}/schedule": Recipe(kind: .draftSession),
        "POST /api/v1/sessions/{id}/reschedule": Recipe(
            kind: .groupSession,
            fields: { school, _ in
                [("parts", await school.freeParts())]
            }),
        "POST /api/v1/sessions/{id}/cancel": Recipe(kind: .groupSession),
        "POST /api/v1/sessions/{id}/complete": Recipe(kind: .endedSession),
        "POST /api/v1/waitlist": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.wishInput()) }),
        "POST /api/v1/waitlist/{id}/accept": Recipe(kind: .offeredEntry),
        "POST /api/v1/waitlist/{id}/decline": Recipe(kind: .offeredEntry),
        "PUT /api/v1/waitlist/{id}/priority": Recipe(fields: { _, _ in [("priority", 5)] }),
    ]
}
