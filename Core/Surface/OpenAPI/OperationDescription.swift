/// One operation of the API, as far as its document needs to know.
public struct OperationDescription: Sendable {
    /// Where one field of the input comes from.
    public enum Location: Sendable, Equatable {
        /// A parameter of the path.
        case path
        /// The query.
        case query
        /// The JSON object in the body.
        case body
    }

    /// Whether the caller states which version of the object it has seen.
    public enum Precondition: Sendable, Equatable {
        /// `If-Match` means nothing here.
        case none
        /// `If-Match` is honored.
        case optional
        /// Without `If-Match` the operation is refused.
        case required
    }

    /// Who may call.
    public enum Access: Sendable, Equatable {
        /// Everybody.
        case `public`
        /// Everybody who is signed in.
        case signedIn
        /// Who has this permission, as `bookings:create`.
        case permission(String)
    }

    /// The method in capitals: `POST`.
    public let method: String
    /// The whole path with its parameters in braces: `/api/v1/bookings/{id}`.
    public let path: String
    /// The permanent name of the operation: `bookings.create`.
    public let operationID: String
    /// What it does, in a short sentence.
    public let summary: String
    /// Under which headings it stands.
    public let tags: [String]
    /// Who may call.
    public let access: Access
    /// The input: an object or a reference to one.
    public let input: Schema
    /// Where each field of the input comes from; a field that is not named here comes from the body.
    public let locations: [String: Location]
    /// The output, or `nil` when a success has no content.
    public let output: Schema?
    /// In which form a success is answered.
    var form = AnswerForm.json
    /// The events that are sent, where the operation is live.
    var events: [(name: String, about: String, payload: Schema)] = []
    /// The status of a success.
    public let status: Int
    /// The statuses of the problems it may answer with, besides those that every operation has.
    public let problems: [Int]
    /// Whether it takes `Idempotency-Key`.
    public let isIdempotencyKeyed: Bool
    /// Whether it looks at `If-Match`.
    public let precondition: Precondition
    /// Whether its answer has an `ETag`.
    public let hasETag: Bool
    /// What a caller would not guess, as sentences.
    public let remarks: [String]

    /// Describes an operation.
    public init(
        method: String, path: String, operationID: String, summary: String, tags: [String], access: Access,
        input: Schema, locations: [String: Location], output: Schema?, status: Int, problems: [Int] = [],
        isIdempotencyKeyed: Bool = false, precondition: Precondition = .none, hasETag: Bool = false,
        remarks: [String] = []
    ) {
        self.method = method
        self.path = path
        self.operationID = operationID
        self.summary = summary
        self.tags = tags
        self.access = access
        self.input = input
        self.locations = locations
        self.output = output
        self.status = status
        self.problems = problems
        self.isIdempotencyKeyed = isIdempotencyKeyed
        self.precondition = precondition
        self.hasETag = hasETag
        self.remarks = remarks
    }

    func location(of field: String) -> Location { self.locations[field] ?? .body }
}
