import AlmanacStorage
import AlmanacTestKit

extension School {
    /// A lesson that people without an account may book.
    static let open = School.lesson.with("allowsGuests", true)

    /// Books a lesson without an account.
    func bookAsGuest(
        _ start: String, email: String = "gast@example.org", _ more: JSON = [:], as client: APIClient? = nil
    ) async -> APIAnswer {
        var input: JSON = [
            "eventType": "lesson", "start": .string(start), "givenName": "Greta", "familyName": "Gast",
            "email": .string(email), "provider": .string(self.first),
        ]
        for member in more.object?.members ?? [] { input = input.with(member.name, member.value) }
        return await (client ?? self.anonymous).post("/api/v1/guest-bookings", input)
    }

    /// Lessons that people without an account may book for a year ahead.
    static let openFarAhead = School.open.with("bookingWindowDays", 400)

    /// Books a series without an account.
    func bookSeriesAsGuest(
        _ input: JSON, email: String = "gast@example.org", as client: APIClient? = nil
    ) async -> APIAnswer {
        let guest = input.with("givenName", "Greta").with("familyName", "Gast").with("email", .string(email))
        return await (client ?? self.anonymous).post("/api/v1/guest-booking-series", guest)
    }

    /// Holds a lesson without an account.
    func holdAsGuest(_ start: String, with provider: String? = nil, as client: APIClient? = nil) async -> APIAnswer {
        let input: JSON = [
            "eventType": "lesson", "start": .string(start), "provider": .string(provider ?? self.first),
        ]
        return await (client ?? self.anonymous).post("/api/v1/guest-holds", input)
    }

    /// Holds a series without an account.
    func holdSeriesAsGuest(_ input: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.anonymous).post("/api/v1/guest-booking-series/holds", input)
    }

    /// A client that shows a token of a guest.
    func guest(_ booked: JSON) -> APIClient { self.guest(token: booked["accessToken"]?.string ?? "") }

    func guest(token: String) -> APIClient {
        var client = self.anonymous
        client.headers.append(("Authorization", "Booking-Token \(token)"))
        return client
    }
}
