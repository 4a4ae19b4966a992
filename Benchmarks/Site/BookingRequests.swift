internal import AlmanacStorage
internal import AlmanacTestKit

/// Requests that book free slots, each another one.
struct BookingRequests: Sendable {
    let site: Site

    init(_ site: Site) {
        self.site = site
    }

    /// The requests of one client: it goes around among providers with whom no other client books.
    func source(_ client: Int, of clients: Int) -> () -> [UInt8]? {
        let providers = self.site.quarterHour.providers
        let mine = max(providers.count / clients, 1)
        let token = self.site.token(of: client)
        var turn = 0
        return {
            let index = (client + clients * (turn % mine)) % providers.count
            turn += 1
            guard let start = self.site.diary.slot(of: index) else { return nil }
            return self.request(start, with: providers[index], token: token).bytes
        }
    }

    /// A request that books one slot.
    func request(_ start: Instant, with provider: String, token: String) -> LoopbackRequest {
        LoopbackRequest("POST", "/api/v1/bookings", token: token, json: self.body(start, with: provider))
    }

    /// The body of such a request.
    func body(_ start: Instant, with provider: String) -> JSON {
        [
            "eventType": .string(self.site.quarterHour.eventType), "provider": .string(provider),
            "start": .string(start.rfc3339), "notes": "Please ring the second bell.",
        ]
    }
}
