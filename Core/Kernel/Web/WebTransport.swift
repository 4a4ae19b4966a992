/// Something that is asked of a server of somebody else's.
public struct WebRequest: Sendable {
    /// What is asked.
    public enum Method: String, Sendable {
        /// Read what is there.
        case get = "GET"
        /// Search in what is there (RFC 3253 §3.6).
        case report = "REPORT"
    }

    /// A name and a password, sent with the request (RFC 7617).
    public struct Credentials: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
        /// The name; without a colon.
        public let name: String
        /// The password.
        public let password: String

        /// Describes credentials.
        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }

        /// Shows neither.
        public var description: String { "credentials" }
        /// Shows nothing.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// What is asked.
    public var method: Method
    /// Where.
    public var address: WebAddress
    /// Who asks, where the server wants to know.
    public var credentials: Credentials?
    /// Headers besides those that the transport sends by itself.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// How many bytes the answer may have.
    public var largestAnswer: Int

    /// Describes a request.
    public init(
        _ method: Method, _ address: WebAddress, credentials: Credentials? = nil,
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], largestAnswer: Int = 1 << 20
    ) {
        self.method = method
        self.address = address
        self.credentials = credentials
        self.headers = headers
        self.body = body
        self.largestAnswer = largestAnswer
    }
}

/// What a server answered, complete.
public struct WebAnswer: Sendable {
    /// The status.
    public let status: Int
    /// The headers, names in lower case.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// Describes an answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    /// The first value of a header; `name` in lower case.
    public func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }
}

/// A server could not be asked, or its answer could not be taken.
public struct WebFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The address leads to a place that strangers' addresses must not lead to.
        case addressRefused = "address_refused"
        /// A password would travel where everybody can read it.
        case unencrypted
        /// There is no such host, or it does not answer.
        case unreachable
        /// It did not answer in time.
        case timedOut = "timed_out"
        /// It answers more than is taken.
        case tooLarge = "too_large"
        /// It leads from one address to the next.
        case tooManyRedirects = "too_many_redirects"
    }

    /// What went wrong.
    public let code: Code
    /// The same for people: no path, no query, no password.
    public let description: String

    /// Describes a failure.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Asks servers at addresses that strangers have given, see ``Kernel/web``.
///
/// Laws: it reaches public addresses only, also behind names and redirects, unless the operator allows others; it takes
/// no more of an answer than is asked for; it ends by itself within a minute; it blocks no thread of the cooperative
/// pool; it keeps nothing from one request to the next. It is never called inside a transaction.
public protocol WebTransport: Sendable {
    /// Sends a request and follows redirects.
    ///
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``WebFailure``; `CancellationError`.
    func send(_ request: WebRequest) async throws -> WebAnswer
}
