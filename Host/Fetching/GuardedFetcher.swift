public import AlmanacKernel
internal import AlmanacStorage
internal import AsyncHTTPClient
internal import NIOHTTP1

/// Asks servers at addresses that strangers have given, without being led to where strangers have no business.
///
/// The name of a host is resolved once, all its addresses are held against the ``AddressRule``, and the connection goes
/// to one of those: what a name server answers a moment later changes nothing. Each redirect is looked at in the same
/// way. Credentials go to the origin they were given for, encrypted, and to no other.
public struct GuardedFetcher: WebTransport {
    private static let mostRedirects = 5
    private static let mostAddresses = 3

    private let rule: AddressRule
    private let deadline: Duration

    /// Makes a fetcher; connects to nothing.
    ///
    /// - Parameters:
    ///   - rule: Which addresses may be reached.
    ///   - deadline: How long a request may take with all its redirects.
    public init(rule: AddressRule = AddressRule(), deadline: Duration = .seconds(40)) {
        self.rule = rule
        self.deadline = deadline
    }

    /// Sends a request and follows redirects.
    public func send(_ request: WebRequest) async throws -> WebAnswer {
        let answer = try await withDeadline(self.deadline) { try await self.follow(request) }
        guard let answer else { throw WebFailure(.timedOut, "\(request.address.host) did not answer in time") }
        return answer
    }

    private func follow(_ request: WebRequest) async throws -> WebAnswer {
        var request = request
        for _ in 0...Self.mostRedirects {
            let answer = try await self.ask(request)
            guard let location = Self.redirect(answer, request.method) else { return answer }
            guard let next = request.address.following(location) else {
                throw WebFailure(.addressRefused, "\(request.address.host) leads to an address that cannot be fetched")
            }
            guard next.isEncrypted || !request.address.isEncrypted else {
                throw WebFailure(.unencrypted, "\(request.address.host) leads from an encrypted address to a plain one")
            }
            if next.origin != request.address.origin { request.credentials = nil }
            request.address = next
        }
        throw WebFailure(.tooManyRedirects, "\(request.address.host) leads from one address to the next without end")
    }

    /// Where an answer leads, if it does (RFC 9110 §15.4).
    private static func redirect(_ answer: WebAnswer, _ method: WebRequest.Method) -> String? {
        // After 303 the method would become GET, which is no answer to a search.
        let statuses = method == .get ? [301, 302, 303, 307, 308] : [301, 302, 307, 308]
        return statuses.contains(answer.status) ? answer.header("location") : nil
    }

    // MARK: One server

    private func ask(_ request: WebRequest) async throws -> WebAnswer {
        let host = request.address.host
        let addresses = try await HostResolver.addresses(of: host)
        guard !addresses.isEmpty else { throw WebFailure(.unreachable, "there is no host called \(host)") }
        // A name with one address of each kind is meant to be taken for the one and used as the other.
        guard addresses.allSatisfy(self.rule.allows) else {
            throw WebFailure(.addressRefused, "\(host) is at an address that is not public")
        }
        if request.credentials != nil, !request.address.isEncrypted, !addresses.allSatisfy(self.rule.isOwn) {
            throw WebFailure(.unencrypted, "the password would be sent to \(host) unencrypted: use https")
        }
        var failure = WebFailure(.unreachable, "\(host) cannot be reached")
        for address in addresses.prefix(Self.mostAddresses) {
            do {
                return try await self.ask(request, at: address)
            } catch let error as WebFailure where error.code == .unreachable {
                failure = error
            }
        }
        throw failure
    }

    private func ask(_ request: WebRequest, at address: NetworkAddress) async throws -> WebAnswer {
        let host = request.address.host
        let isLiteral = NetworkAddress(host) != nil
        let client = BoundedClient(deadline: self.deadline, pinned: isLiteral ? [:] : [host: address.description])
        let result: Result<BoundedClient.Answer, any Error>
        do {
            result = .success(
                try await client.perform(Self.message(request), largestAnswer: request.largestAnswer))
        } catch {
            result = .failure(error)
        }
        await client.close()
        do {
            let answer = try result.get()
            return WebAnswer(
                status: answer.status, headers: answer.headers.map { ($0.name, $0.value) }, body: answer.body)
        } catch let failure as BoundedClient.Failure {
            switch failure {
            case .timedOut: throw WebFailure(.timedOut, "\(host) did not answer in time")
            case .tooLarge:
                throw WebFailure(.tooLarge, "\(host) answers more than \(request.largestAnswer >> 10) KiB")
            case .unreachable, .closed: throw WebFailure(.unreachable, "\(host) cannot be reached")
            }
        }
    }

    private static func message(_ request: WebRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.address.text)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers = ["user-agent": "Almanac"]
        for header in request.headers { message.headers.replaceOrAdd(name: header.name, value: header.value) }
        if let credentials = request.credentials {
            let pair = Array("\(credentials.name):\(credentials.password)".utf8)
            message.headers.replaceOrAdd(name: "authorization", value: "Basic \(Self.base64(pair))")
        }
        if !request.body.isEmpty { message.body = .bytes(request.body) }
        return message
    }

    /// Base64 with padding (RFC 4648 §4), made of the alphabet without.
    private static func base64(_ bytes: [UInt8]) -> String {
        let plain = Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(plain) + String(repeating: "=", count: (4 - plain.count % 4) % 4)
    }
}
