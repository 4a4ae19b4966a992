package import AsyncHTTPClient
internal import NIOCore
package import NIOHTTP1
internal import Synchronization

/// Requests over HTTP whose answers are bounded in size and time: no redirects, no proxies, nothing unpacked.
///
/// Whoever fetches something does so by this, whether the operator has named the address, as those of OpenID providers,
/// or a stranger; for those ``GuardedFetcher`` stands in front.
package final class BoundedClient: Sendable {
    /// An answer, complete.
    package struct Answer: Sendable {
        /// The status.
        package let status: Int
        /// The headers.
        package let headers: HTTPHeaders
        /// The body.
        package let body: [UInt8]
    }

    /// Why there is no answer.
    package enum Failure: Error {
        /// It did not come in time.
        case timedOut
        /// It is larger than is taken.
        case tooLarge
        /// The server cannot be reached, or does not speak HTTP.
        case unreachable(any Error)
        /// The program is ending.
        case closed
    }

    /// The connections, made with the first request.
    private enum State {
        case unused
        case open(HTTPClient)
        case closed
    }

    private let deadline: Duration
    private let pinned: [String: String]
    private let state = Mutex(State.unused)

    /// Makes a client; connects to nothing.
    ///
    /// - Parameters:
    ///   - deadline: How long a request may take in all.
    ///   - pinned: At which addresses hosts are, by name, whatever the system's resolver says.
    package init(deadline: Duration, pinned: [String: String] = [:]) {
        self.deadline = deadline
        self.pinned = pinned
    }

    /// Closes the connections; nothing may be asked of the client afterwards.
    package func close() async {
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
            case .closed: throw Failure.closed
            case .unused:
                let client = HTTPClient(configuration: self.configuration)
                state = .open(client)
                return client
            }
        }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        // A server is where its address says, and nowhere it sends us: whoever follows looks first.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5), write: .seconds(5))
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = self.pinned
        return configuration
    }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - largestAnswer: How many bytes its body may have.
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``Failure``; `CancellationError`.
    package func perform(_ request: HTTPClientRequest, largestAnswer: Int) async throws -> Answer {
        do {
            let answer = try await withDeadline(self.deadline) { () async throws -> Answer in
                let response = try await self.client().execute(request, timeout: .init(self.deadline))
                let body = try await response.body.collect(upTo: largestAnswer)
                return Answer(
                    status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
            }
            guard let answer else { throw Failure.timedOut }
            return answer
        } catch let failure as Failure {
            throw failure
        } catch is NIOTooManyBytesError {
            throw Failure.tooLarge
        } catch let error as HTTPClientError where Self.timeouts.contains(error) {
            throw Failure.timedOut
        } catch let error where error is CancellationError || Task.isCancelled {
            throw CancellationError()
        } catch {
            throw Failure.unreachable(error)
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
    ]
}

/// Runs `body` for so long at most.
///
/// - Returns: What `body` returns, or `nil` when it took longer and was cancelled.
package func withDeadline<T: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> T
) async throws -> T? {
    try await withThrowingTaskGroup(of: T?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
