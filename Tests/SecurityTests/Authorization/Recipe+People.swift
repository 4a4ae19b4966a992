import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about those who take part in bookings: what they answer, who comes, who acts for whom, what they thought.
    static let people: [String: Recipe] = [
        "PUT /api/v1/event-types/{id}/questions": Recipe(fields: { _, _ in [("questions", .array([]))] }),
        "PUT /api/v1/bookings/{id}/answers": Recipe(fields: { _, _ in [("answers", .object([:]))] }),
        "POST /api/v1/bookings/{id}/attendees": Recipe(
            kind: .newBooking,
            fields: { school, _ in
                Self.members(await school.attendeeInput())
            }),
        "POST /api/v1/bookings/{id}/attendees/{attendee}/status": Recipe(
            kind: .attendee,
            fields: { _, _ in
                [("status", "accepted")]
            }),
        "DELETE /api/v1/bookings/{id}/attendees/{attendee}": Recipe(kind: .attendee),
        "POST /api/v1/bookings/{id}/review": Recipe(kind: .completedBooking, fields: { _, _ in [("rating", 5)] }),
        "GET /api/v1/bookings/{id}/review": Recipe(kind: .reviewedBooking),
        "PUT /api/v1/bookings/{id}/review": Recipe(kind: .reviewedBooking, fields: { _, _ in [("rating", 4)] }),
        "PUT /api/v1/bookings/{id}/review/reply": Recipe(
            kind: .reviewedBooking,
            fields: { _, _ in
                [("text", "Thank you.")]
            }),
        "POST /api/v1/bookings/{id}/review/hide": Recipe(kind: .reviewedBooking),
        "POST /api/v1/bookings/{id}/review/show": Recipe(kind: .reviewedBooking),
        "POST /api/v1/customers/{id}/guardians": Recipe(
            makesOthers: true,
            fields: { school, _ in
                let guardian = try await school.newcomer(.customer)
                return [("person", .string(try await school.person(of: guardian).description)), ("relation", "parent")]
            }),
        "DELETE /api/v1/customers/{id}/guardians/{guardian}": Recipe(kind: .guardian),
        "POST /api/v1/guest-bookings": Recipe(
            makesOthers: true, fields: { school, _ in Self.members(try await school.guestInput()) }),
        "POST /api/v1/guest-booking-series": Recipe(
            makesOthers: true,
            fields: { school, _ in
                Self.members(try await school.guestSeriesInput(isNamed: true))
            }),
        "POST /api/v1/guest-booking-series/holds": Recipe(
            makesOthers: true,
            fields: { school, _ in
                Self.members(try await school.guestSeriesInput())
            }),
        "POST /api/v1/guest-holds": Recipe(
            makesOthers: true,
            fields: { school, _ in
                [("eventType", .string(try await school.openLesson())), ("start", .string(await school.freeStart()))]
            }),
        "POST /api/v1/guest-waitlist": Recipe(
            makesOthers: true,
            fields: { school, _ in
                Self.members(try await school.guestWishInput())
            }),
        "POST /api/v1/guest-waitlist/{id}/accept": Recipe(kind: .offeredEntry),
        "POST /api/v1/guest-access": Recipe(fields: { _, _ in
            [("email", "guest@example.org"), ("number", "B-4T7QK-M2X9D")]
        }),
        "POST /api/v1/bookings/{id}/guest-access": Recipe(kind: .guestBooking),
        "POST /api/v1/bookings/{id}/guest-email": Recipe(kind: .guestBooking),
        "POST /api/v1/me/guest-bookings": Recipe(
            spendsCaller: true,
            prepare: { school, caller in
                try await school.verify(caller)
                return []
            }),
    ]
}
