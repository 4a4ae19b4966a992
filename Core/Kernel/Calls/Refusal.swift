public import AlmanacStorage

/// An operation refuses what is asked: an answer for the caller, not a fault.
///
/// The transaction is rolled back. Refusals know no HTTP; the server gives each kind its status.
public struct Refusal: Error, Sendable, CustomStringConvertible {
    /// What sort of refusal it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// The caller must sign in.
        case unauthenticated
        /// The caller may not do this.
        case forbidden
        /// There is no such thing, or the caller may not know of it.
        case notFound
        /// What is asked contradicts the present state: a slot is taken.
        case conflict
        /// What is asked can never be done as it stands; see ``Refusal/fields``.
        case invalid
        /// The caller has seen another version of the object.
        case preconditionFailed
        /// The caller must say which version it has seen.
        case preconditionRequired
        /// Too often.
        case tooMany
    }

    /// One field that is wrong.
    public struct Field: Sendable, Equatable {
        /// Where it stands in the input, as a JSON Pointer (RFC 6901): `/start`.
        public let pointer: String
        /// A stable name of what is wrong, in snake_case.
        public let code: String
        /// What is wrong, for people.
        public let detail: String

        /// Describes a field that is wrong.
        public init(_ pointer: String, _ code: String, _ detail: String) {
            self.pointer = pointer
            self.code = code
            self.detail = detail
        }
    }

    /// What sort of refusal it is.
    public let kind: Kind
    /// A stable name for programs, in snake_case: `slot_taken`.
    public let code: String
    /// What happened and what to do, for people.
    public let message: String
    /// The fields that are wrong.
    public let fields: [Field]
    /// More facts for programs, as the nearest free slots.
    public let details: [String: JSON]

    /// Refuses.
    public init(
        _ kind: Kind, _ code: String, _ message: String, fields: [Field] = [], details: [String: JSON] = [:]
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.fields = fields
        self.details = details
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { "\(self.code): \(self.message)" }

    /// Refuses one field.
    public static func invalid(_ pointer: String, _ code: String, _ detail: String) -> Refusal {
        Refusal(.invalid, code, detail, fields: [Field(pointer, code, detail)])
    }

    /// There is no such thing.
    public static func notFound(_ what: String) -> Refusal {
        Refusal(.notFound, "not_found", "there is no such \(what)")
    }

    /// The caller may not do this.
    public static func forbidden(_ permission: Permission? = nil) -> Refusal {
        Refusal(.forbidden, "forbidden", "you may not do this" + (permission.map { " (it needs \($0))" } ?? ""))
    }

    /// What is for people whom nobody knows yet was asked for by somebody who is known.
    static let alreadyKnown = Refusal(
        .conflict, "already_known", "this is for people without an account: send the request without a token")

    /// The caller must sign in.
    public static let unauthenticated = Refusal(
        .unauthenticated, "unauthenticated", "sign in first: send the header `Authorization: Bearer TOKEN`")
}
