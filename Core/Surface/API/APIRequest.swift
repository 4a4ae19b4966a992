/// A request as the API sees it, whatever carried it.
public struct APIRequest: Sendable {
    /// The method as it was sent: `GET`, `POST` and so on.
    public var method: String
    /// The path as it was sent, percent-encoded, without the query.
    public var path: String
    /// The query as it was sent, without the question mark.
    public var query: String?
    /// Names in lower case with their values, in order.
    public var headers: [(name: String, value: String)]
    /// The body, complete.
    public var body: [UInt8]
    /// The network address of the caller, if there is one.
    public var address: String?

    /// What is noted of the request while it is answered.
    var notes: RequestNotes?

    /// Describes a request.
    public init(
        method: String, path: String, query: String? = nil, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], address: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
        self.address = address
    }

    /// The value of a header that stands once.
    ///
    /// - Parameter name: In lower case.
    /// - Returns: The first value with this name; `nil` when it is missing.
    public func header(_ name: String) -> String? {
        self.headers.first { $0.name == name }?.value
    }

    /// The values of all headers with this name, in order.
    ///
    /// - Parameter name: In lower case.
    /// - Returns: One value for each line; none when it is missing.
    public func values(_ name: String) -> [String] {
        self.headers.filter { $0.name == name }.map(\.value)
    }
}

/// What the API answers.
public struct APIResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Headers in order, without those of the transport.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]
    /// How long the body would be that an answer to `HEAD` leaves out (RFC 9110 §9.3.2).
    public private(set) var omittedLength: Int?
    /// What is sent in place of ``body`` for as long as somebody listens, where the endpoint is live.
    public package(set) var live: LiveStream?

    /// Describes an answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of a header.
    ///
    /// - Parameter name: In lower case.
    /// - Returns: The first value with this name; `nil` when it is missing.
    public func header(_ name: String) -> String? {
        self.headers.first { $0.name == name }?.value
    }

    /// Leaves the body out and remembers how long it was.
    mutating func omitBody() {
        guard self.live == nil else {
            self.live = nil
            return
        }
        self.omittedLength = self.body.count
        self.body = []
    }
}

extension APIResponse {
    /// A problem (RFC 9457) of a page of the host's own.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - code: A stable name for programs, in snake_case.
    ///   - detail: What happened and what to do, for people.
    ///   - headers: What else the answer says.
    public init(
        problem status: Int, _ code: String, _ detail: String, headers: [(name: String, value: String)] = []
    ) {
        let (problem, _) = ProblemMapping.problem(for: RequestFault(status, code, detail), requestID: "")
        self.init(
            status: status, headers: [("content-type", "application/problem+json")] + headers, body: problem.encoded)
    }
}
