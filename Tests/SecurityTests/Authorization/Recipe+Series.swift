import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about several bookings at once.
    static let series: [String: Recipe] = [
        "POST /api/v1/booking-series": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.seriesInput()) }),
        "POST /api/v1/booking-series/preview": Recipe(
            kind: .customer, place: .body("customer"),
            fields: { school, _ in Self.members(await school.seriesInput()) }),
        "POST /api/v1/booking-series/{id}/cancel": Recipe(fields: { _, _ in [("scope", "all")] }),
        "POST /api/v1/booking-series/{id}/reschedule": Recipe(fields: { school, _ in
            [("scope", "all"), ("start", .string(await school.freeWallTimes()[0]))]
        }),
    ]
}
