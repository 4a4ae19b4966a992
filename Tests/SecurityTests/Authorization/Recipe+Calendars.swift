import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about the life of bookings, when there is time for them, and calendars.
    static let calendars: [String: Recipe] = [
        "POST /api/v1/bookings/{id}/approve": Recipe(kind: .pendingBooking),
        "POST /api/v1/bookings/{id}/reject": Recipe(kind: .pendingBooking),
        "POST /api/v1/bookings/{id}/start": Recipe(kind: .begunBooking),
        "POST /api/v1/bookings/{id}/complete": Recipe(kind: .begunBooking),
        "POST /api/v1/bookings/{id}/no-show": Recipe(kind: .begunBooking),
        "POST /api/v1/resources": Recipe(fields: { school, _ in Self.members(await school.resourceInput()) }),
        "PUT /api/v1/resources/{id}": Recipe(fields: { school, _ in Self.members(await school.resourceInput()) }),
        "PUT /api/v1/resources/{id}/hours": Recipe(fields: { _, _ in
            [("weeklyRules", MatrixSchool.hours), ("dateOverrides", .array([]))]
        }),
        "POST /api/v1/resources/{id}/blocked-times": Recipe(fields: { _, _ in
            [("start", "2027-03-03T10:00:00Z"), ("end", "2027-03-03T11:00:00Z")]
        }),
        "DELETE /api/v1/resources/{id}/blocked-times/{blockedTime}": Recipe(kind: .resourceBlock),
        "PUT /api/v1/providers/{id}/attributes": Recipe(fields: { _, _ in
            [("attributes", [["name": "skill", "value": "car"]])]
        }),
        "POST /api/v1/holds": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in
                [("eventType", .string(school.lesson)), ("start", .string(await school.freeStart()))]
            }),
        "GET /api/v1/slots/explain": Recipe(
            kind: .provider, place: .query("provider"), query: { school in ["eventType": school.lesson] }),
        "POST /api/v1/holiday-calendars": Recipe(fields: { school, _ in
            Self.members(await school.holidayCalendarInput())
        }),
        "PUT /api/v1/holiday-calendars/{id}": Recipe(fields: { school, _ in
            Self.members(await school.holidayCalendarInput())
        }),
        "PUT /api/v1/providers/{id}/holiday-calendars": Recipe(fields: { _, _ in [("calendars", .array([]))] }),
        "POST /api/v1/calendar-sources": Recipe(
            kind: .provider, place: .body("provider"),
            fields: { school, provider in Self.members(try await school.calendarSourceInput(provider)) }),
        "PATCH /api/v1/calendar-sources/{id}": Recipe(fields: { _, _ in [("whenUnverified", "closed")] }),
        "GET /api/v1/calendar-feeds/{file}": Recipe(kind: .calendarFeed),
        "POST /api/v1/me/calendar-feed": Recipe(spendsCaller: true),
        "DELETE /api/v1/me/calendar-feed": Recipe(
            spendsCaller: true,
            prepare: { school, caller in
                _ = try await school.calendarFeed(of: caller)
                return []
            }),
    ]
}
