internal import AlmanacFetching
internal import AlmanacKernel
internal import AlmanacStorage
internal import AsyncHTTPClient
internal import NIOHTTP1

/// Requests to providers: no redirects, no proxies, short answers within ten seconds.
final class OIDCTransport: Sendable {
    /// An answer, complete.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        /// What time it was where it comes from, if that stands in it.
        let date: Instant?
    }

    private static let largestAnswer = 256 << 10
    private let client = BoundedClient(deadline: .seconds(10))

    func close() async { await self.client.close() }

    func get(_ address: String, authorization: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        request.headers = ["accept": "application/json", "user-agent": "Almanac"]
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        return try await self.perform(request)
    }

    /// Sends a form.
    func post(_ form: String, to address: String, authorization: String?) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers = [
            "accept": "application/json", "content-type": "application/x-www-form-urlencoded", "user-agent": "Almanac",
        ]
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        request.body = .bytes(Array(form.utf8))
        return try await self.perform(request)
    }

    private func perform(_ request: HTTPClientRequest) async throws -> Answer {
        do {
            let answer = try await self.client.perform(request, largestAnswer: Self.largestAnswer)
            return Answer(
                status: answer.status, body: answer.body,
                date: answer.headers.first(name: "date").flatMap(Self.date))
        } catch let failure as BoundedClient.Failure {
            switch failure {
            case .timedOut: throw OIDCProviderFailure("\(Self.place(request)) did not answer in time")
            case .tooLarge:
                throw OIDCProviderFailure("\(Self.place(request)) answers more than \(Self.largestAnswer) bytes")
            case .unreachable(let error):
                throw OIDCProviderFailure("\(Self.place(request)) cannot be reached: \(error)")
            case .closed: throw OIDCProviderFailure("the program is ending")
            }
        }
    }

    private static let months = [
        "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06", "Jul": "07", "Aug": "08",
        "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
    ]

    /// The time of a header, as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    static func date(_ text: String) -> Instant? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", let month = Self.months[String(parts[2])] else { return nil }
        return Instant(rfc3339: "\(parts[3])-\(month)-\(parts[1])T\(parts[4])Z")
    }

    /// Where a request goes: addresses of providers hold no secrets, but queries might.
    private static func place(_ request: HTTPClientRequest) -> Substring { request.url.prefix { $0 != "?" } }
}
