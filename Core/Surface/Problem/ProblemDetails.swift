public import AlmanacStorage

/// What went wrong with a request, for programs and people (RFC 9457).
public struct ProblemDetails: Error, Sendable, Equatable {
    /// The media type of an answer that holds one.
    public static let mediaType = "application/problem+json"

    /// The HTTP status.
    public let status: Int
    /// The kind of problem, stable, in snake case: `slot_taken`.
    public let code: String
    /// The kind of problem in a few words, the same for each occurrence.
    public let title: String
    /// What happened this time and what to do about it.
    public let detail: String?
    /// Names this occurrence, as `urn:uuid:…` of the request; for whoever searches the log.
    public var instance: String?
    /// What is wrong with which field of the input.
    public let errors: [FieldError]
    /// Further members, as the nearest free slots; one with a name of the members above is left out.
    public let members: JSONObject

    /// Describes a problem.
    public init(
        status: Int, code: String, title: String, detail: String? = nil, instance: String? = nil,
        errors: [FieldError] = [], members: JSONObject = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.instance = instance
        self.errors = errors
        self.members = members
    }

    /// The kind of problem as a URI: `urn:almanac:problem:slot_taken`.
    public var type: String { "urn:almanac:problem:\(self.code)" }

    /// The problem as JSON.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        self.write(to: &writer)
        return writer.bytes
    }
}

extension ProblemDetails {
    /// An input that is not valid: 422 `invalid_input`.
    public init(_ invalid: InvalidInput) {
        let count = invalid.errors.count
        self.init(
            status: 422, code: "invalid_input", title: "The input is not valid.",
            detail: count == 1
                ? invalid.description : "\(count) things are wrong with the input; errors says what and where.",
            errors: invalid.errors)
    }

    /// A body that is not JSON, or not JSON that is accepted: 400 `invalid_json`.
    public init(_ error: JSONError) {
        self.init(
            status: 400, code: "invalid_json", title: "The body is not valid JSON.", detail: "\(error).",
            members: ["reason": .string("\(error.code)"), "offset": .number(JSONNumber(error.offset))])
    }
}

extension ProblemDetails: JSONStreamable {
    private static let reserved: Set<String> = ["type", "title", "status", "code", "detail", "instance", "errors"]

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", self.type)
            writer.member("title", self.title)
            writer.member("status", self.status)
            writer.member("code", self.code)
            writer.member("detail", ifPresent: self.detail)
            writer.member("instance", ifPresent: self.instance)
            if !self.errors.isEmpty { writer.member("errors", self.errors) }
            for member in self.members.members where !Self.reserved.contains(member.name) {
                writer.key(named: member.name)
                writer.json(member.value)
            }
        }
    }
}

extension ProblemDetails {
    /// The form of a problem in JSON; other members may follow.
    static let schema: JSON = [
        "type": "object",
        "description": "What went wrong (RFC 9457). Members besides these depend on the code.",
        "properties": [
            "type": ["type": "string", "format": "uri", "description": "The code as a URI."],
            "title": ["type": "string"],
            "status": ["type": "integer"],
            "code": ["type": "string", "description": "The kind of problem; stable."],
            "detail": ["type": "string"],
            "instance": ["type": "string", "format": "uri-reference"],
            "errors": ["type": "array", "items": ["$ref": "#/components/schemas/FieldError"]],
        ],
        "required": ["type", "title", "status", "code"],
    ]
}

extension FieldError {
    /// The form of an error in JSON.
    static let schema: JSON = [
        "type": "object",
        "properties": [
            "pointer": ["type": "string", "description": "Where, as a JSON Pointer (RFC 6901) into the input."],
            "code": ["type": "string", "description": "What is wrong; stable."],
            "detail": ["type": "string"],
        ],
        "required": ["pointer", "code", "detail"],
    ]
}
