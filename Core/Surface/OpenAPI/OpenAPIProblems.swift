internal import AlmanacStorage

/// The answers that are problems, one component a status.
enum OpenAPIProblems {
    /// The statuses of the problems an operation may answer with: those it states and those that come with what it is.
    static func statuses(of operation: OperationDescription) -> [Int] {
        var statuses = Set(operation.problems).union([400, 406, 422, 429, 500])
        switch operation.access {
        case .public: break
        case .signedIn: statuses.insert(401)
        case .permission: statuses.formUnion([401, 403])
        }
        if operation.locations.values.contains(.body) { statuses.insert(415) }
        if operation.locations.values.contains(.path) { statuses.insert(404) }
        if operation.isIdempotencyKeyed { statuses.insert(409) }
        if operation.precondition != .none { statuses.insert(412) }
        if operation.precondition == .required { statuses.insert(428) }
        return statuses.sorted()
    }

    /// The name of the component for a status.
    static func name(of status: Int) -> String { "Problem\(status)" }

    /// The components for all statuses that these operations use.
    static func responses(of operations: [OperationDescription]) -> JSON {
        let statuses = Set(operations.flatMap { Self.statuses(of: $0) }).sorted()
        return .object(
            JSONObject(
                statuses.map { status in
                    (
                        Self.name(of: status),
                        [
                            "description": .string(Self.description(of: status)),
                            "content": [ProblemDetails.mediaType: ["schema": ["$ref": "#/components/schemas/Problem"]]],
                        ]
                    )
                }))
    }

    private static func description(of status: Int) -> String {
        switch status {
        case 400: "The request cannot be read."
        case 401: "Nobody is signed in, or the token is not valid any more."
        case 403: "The permission is missing."
        case 404: "There is no such thing, or not for you."
        case 406: "The caller wants something other than JSON."
        case 409: "It collides with what is there already."
        case 412: "There is a newer version than the one in If-Match."
        case 413: "The body is too large."
        case 415: "The body is not JSON."
        case 422: "The input is not valid; errors says what and where."
        case 428: "If-Match is missing."
        case 429: "Too many requests; Retry-After says when to come again."
        case 500: "The server failed."
        case 503: "The server cannot answer now; come again."
        default: "The request is refused."
        }
    }
}
