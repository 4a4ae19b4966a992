internal import AlmanacKernel
internal import AlmanacStorage

/// Gives each error its status and its words.
enum ProblemMapping {
    static func problem(
        for error: any Error, requestID: String
    ) -> (problem: ProblemDetails, headers: [(name: String, value: String)]) {
        switch error {
        case let fault as RequestFault:
            return (Self.make(fault.status, fault.code, fault.detail), fault.headers)
        case let refusal as Refusal:
            let problem = ProblemDetails(
                status: Self.status(of: refusal.kind), code: refusal.code, title: Self.title(refusal.code),
                detail: refusal.message,
                errors: refusal.fields.map { FieldError(pointer: $0.pointer, code: $0.code, detail: $0.detail) },
                members: JSONObject(refusal.details.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
            return (problem, Self.headers(of: refusal))
        case let invalid as InvalidInput:
            return (ProblemDetails(invalid), [])
        case let syntax as JSONError:
            return (ProblemDetails(syntax), [])
        case is OIDCProviderFailure:
            let detail =
                "the sign-in provider cannot be reached just now: try again in a minute, or sign in another way"
            return (Self.make(503, "provider_unavailable", detail), [("retry-after", "30")])
        default:
            return Self.fault(error, requestID)
        }
    }

    private static func headers(of refusal: Refusal) -> [(name: String, value: String)] {
        switch refusal.kind {
        case .conflict where refusal.code == Refusal.callInFlight.code: [("retry-after", "1")]
        case .unauthenticated: [("www-authenticate", "Bearer")]
        // The refusals of the limits know better; what else is too much passes in a moment.
        case .tooMany: [("retry-after", "\(refusal.details["retryAfterSeconds"]?.int ?? 2)")]
        default: []
        }
    }

    private static func status(of kind: Refusal.Kind) -> Int {
        switch kind {
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .conflict: 409
        case .invalid: 422
        case .preconditionFailed: 412
        case .preconditionRequired: 428
        case .tooMany: 429
        }
    }

    private static func make(_ status: Int, _ code: String, _ detail: String) -> ProblemDetails {
        ProblemDetails(status: status, code: code, title: self.title(code), detail: detail)
    }

    /// The code in words, as a sentence: "Slot taken." for `slot_taken`.
    private static func title(_ code: String) -> String {
        let words = code.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst() + "."
    }

    /// Errors that no operation meant: the database's, and mistakes of ours.
    ///
    /// Of the latter callers learn only the request's id.
    private static func fault(
        _ error: any Error, _ requestID: String
    ) -> (problem: ProblemDetails, headers: [(name: String, value: String)]) {
        let storage = error.storageError
        switch storage?.code {
        case .invalidText:
            return (self.make(422, "invalid_text", storage?.message ?? ""), [])
        case .cursor:
            return (ProblemDetails(InvalidInput(pointer: "/after", code: "cursor", detail: storage?.message ?? "")), [])
        case .uniqueViolation, .foreignKeyViolation, .exclusionViolation, .checkViolation:
            return (self.make(409, "conflict", "this contradicts what is stored already: read it again and retry"), [])
        case .timeout, .unavailable, .serialization, .full:
            let detail = "the database cannot take this just now: try again in a moment"
            return (self.make(503, "busy", detail), [("retry-after", "1")])
        case .outcomeUnknown:
            let detail =
                "the connection to the database broke while this was being written: look whether it happened, or send "
                + "it again with the same Idempotency-Key, if it had one"
            return (self.make(503, "outcome_unknown", detail), [])
        default:
            return (self.make(500, "internal", "something went wrong here; it has been logged as \(requestID)"), [])
        }
    }
}
