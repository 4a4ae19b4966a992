internal import AlmanacKernel
internal import AlmanacStorage
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

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
    private static let deadline = Duration.seconds(10)

    /// The connections, made with the first request.
    private enum State {
        case unused
        case open(HTTPClient)
        case closed
    }

    private let state = Mutex(State.unused)

    func close() async {
        let client = self.state.withLock { state -> HTTPClient? in
            defer { state = .closed }
            guard case .open(let client) = state else { return nil }
            return client
        }
        try? await client?.shutdown()
    }

    private func client() throws -> HTTPClient {
        try self.state.withLock { state in
            switch state {
            case .open(let client): return client
            case .closed: throw OIDCProviderFailure("the program is ending")
            case .unused:
                let client = HTTPClient(configuration: Self.configuration)
                state = .open(client)
                return client
            }
        }
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A provider is where its issuer says, and nowhere it sends us.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5), write: .seconds(5))
        configuration.httpVersion = .http1Only
        return configuration
    }

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
            return try await withThrowingTaskGroup(of: Answer?.self) { group in
                group.addTask { try await self.send(request) }
                group.addTask {
                    try await Task.sleep(for: Self.deadline)
                    return nil
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() ?? nil else {
                    throw OIDCProviderFailure("\(Self.place(request)) did not answer in time")
                }
                return answer
            }
        } catch let failure as OIDCProviderFailure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw OIDCProviderFailure("\(Self.place(request)) answers more than \(Self.largestAnswer) bytes")
        } catch {
            throw OIDCProviderFailure("\(Self.place(request)) cannot be reached: \(error)")
        }
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await self.client().execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: Self.largestAnswer)
        return Answer(
            status: Int(response.status.code), body: Array(body.readableBytesView),
            date: response.headers.first(name: "date").flatMap(Self.date))
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
