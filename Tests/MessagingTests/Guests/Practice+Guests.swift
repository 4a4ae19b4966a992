import AlmanacStorage
import AlmanacTestKit

extension Practice {
    /// Lets people without an account book.
    func openToGuests() async throws {
        try await self.client(as: .admin).send(
            "PATCH", "/api/v1/settings/bookings", json: ["settings": ["guestBookings": true]],
            headers: [("If-Match", "*")]
        ).expect(200)
        self.platform.clock.advance(minutes: 1)
    }

    /// Books a lesson for Greta Gast, who has no account; people without one may book from now on.
    ///
    /// - Parameters:
    ///   - email: Where mail goes to her.
    ///   - locale: The language in which she is written to.
    /// - Returns: The booking, and the token that she is shown.
    /// - Throws: ``TestKitError`` when it cannot be booked.
    func bookAsGuest(
        email: String = "gast@example.org", locale: String = "en"
    ) async throws -> (booking: String, token: String) {
        try await self.openToGuests()
        let booked = try await self.guest().post(
            "/api/v1/guest-bookings",
            [
                "eventType": "lesson", "start": .string(try self.march(3, 10).rfc3339),
                "provider": .string(self.first), "givenName": "Greta", "familyName": "Gast",
                "email": .string(email), "locale": .string(locale),
            ]
        ).expect(201)
        return (booked["booking"]?.id ?? "", booked["accessToken"]?.string ?? "")
    }

    /// A client of somebody without an account, with a token or with nothing.
    func guest(_ token: String? = nil) async throws -> APIClient {
        var client = try await self.platform.client(in: self.place)
        if let token { client.headers.append(("Authorization", "Booking-Token \(token)")) }
        return client
    }

    /// What whoever has a token is answered when they look at a booking.
    func status(_ token: String, of booking: String) async throws -> Int {
        await (try await self.guest(token)).get("/api/v1/bookings/\(booking)").status
    }
}
