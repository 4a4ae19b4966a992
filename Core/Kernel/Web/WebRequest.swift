/// Something that is asked of a server of somebody else's.
public struct WebRequest: Sendable {
    /// What is asked.
    public enum Method: String, Sendable {
        /// Read what is there.
        case get = "GET"
        /// Search in what is there (RFC 3253 §3.6).
        case report = "REPORT"
        /// Read properties of what is there (RFC 4918 §9.1).
        case propfind = "PROPFIND"
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
