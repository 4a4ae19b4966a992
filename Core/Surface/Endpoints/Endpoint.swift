public import AlmanacKernel

/// One operation of the HTTP API as data: route, access, types and code in one declaration.
///
/// ```swift
/// Endpoint.post("/reviews", Command("reviews.create", .permission(.createReview)) { input, call, tx in … })
/// Endpoint.get("/reviews/{id}", Query("reviews.read", .permission(.readReview)) { input, call, tx in … })
/// ```
/// Fields of the input that are named in the path come from the path; with GET and DELETE the others come from the
/// query, else from the body. A type whose form cannot be told from its declaration fails assembly; see
/// ``SchemaRegistry``.
public struct Endpoint: Contribution {
    /// What a request wants done.
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Where an endpoint stands in the address space.
    public enum Mount: Sendable {
        /// Under `/api/v1/ext/PLUGIN`: where every plugin may stand.
        case `extension`
        /// Under `/api/v1`: for the plugins of the product itself.
        case product
    }

    /// What a request wants done.
    public let method: Method
    /// The path below the mount, with parameters in braces: `/bookings/{id}`.
    public let path: String
    /// What the operation does, in a short sentence for the API's documentation.
    public let summary: String
    /// The permanent name of the operation.
    public let operation: String
    /// What it asks of its caller.
    public let access: Access
    /// The status of a success.
    public let status: Int
    var mount: Mount
    let changesState: Bool
    /// Whether its answer carries a version.
    let isVersioned: Bool
    /// The statuses of problems of its own, besides those that follow from what it is.
    var problemStatuses: [Int]
    /// Records the schemas of input and output; runs during `check`.
    let describe: @Sendable (inout SchemaRegistry) throws(SchemaError) -> (input: Schema, output: Schema?)
    /// Decodes the input and runs the operation.
    let run: @Sendable (RequestInput, Call, Invoker, PluginID) async throws -> EndpointAnswer
    /// How it is limited, where that does not follow from the rest; see ``limit``.
    var declaredLimit: EndpointLimit?
    /// Whether a program with an API key may call it although it needs somebody who has signed in.
    var acceptsAPIKeys = false
    /// Whether it only reads although it takes a body.
    var isQuestion = false
    /// Why its object has no version, where it has none; see ``precondition``.
    var unversionedReason: String?
    /// Whether an unusable token counts as none; see ``toleratingCredentials()``.
    var toleratesCredentials = false
    /// Whether its answer holds a secret; see ``returningSecret()``.
    var returnsSecret = false
    /// With what callers sign in there, where they do; see ``countingSignIns(_:)``.
    var signInMeans: SignInMeans?
    /// Whether its answer is a ``Page``, whose cursors it signs.
    var isPaged = false
    /// In which form it answers when it succeeds.
    var form = AnswerForm.json
    /// Where its address holds the secret by which callers are known, where it does.
    var secretPlace: SecretPlace?
    /// For which guests it is open, where it is.
    var guestPlace: GuestPlace?
    /// What it sends, where it is live.
    var events: [LiveEventDescription] = []

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "endpoint \(self.method.rawValue) \(self.path)" }

    /// The names of the path's parameters, in order.
    public var pathParameters: [String] {
        self.path.split(separator: "/")
            .filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
            .map { String($0.dropFirst().dropLast()) }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        var found: [String] = []
        if case .permission(let permission) = self.access, !graph.permissions.contains(permission) {
            found.append("nobody declares the permission \(permission)")
        }
        if let place = self.secretPlace {
            if !self.pathParameters.contains(place.parameter) {
                found.append("the secret {\(place.parameter)} of its address is no parameter of its path")
            }
            if case .everyone = self.access {
            } else {
                found.append("its address holds a secret by which callers are known: it must be open to everyone")
            }
        }
        if let parameter = self.guestPlace?.parameter, !self.pathParameters.contains(parameter) {
            found.append("the parameter {\(parameter)}, by which guests name their object, is none of its path")
        }
        if !self.path.hasPrefix("/") || self.path.hasSuffix("/") {
            found.append("its path must begin with a slash and not end with one")
        }
        return found
    }

    /// What does not fit its address or its answer in the fields of its input, in sentences.
    func problems(ofFields fields: Set<String>) -> [String] {
        var found: [String] = []
        if self.isPaged != fields.contains("after"), self.method == .get {
            found.append(
                self.isPaged
                    ? "its answer is a Page, but its input has no field `after` to ask for the next one"
                    : "its input has the field `after`, but its answer is no Page, whose cursors are signed")
        }
        for parameter in self.pathParameters where !fields.contains(parameter) {
            found.append("{\(parameter)} of its path is no field of its input")
        }
        return found
    }

    /// The whole path for a plugin: `/api/v1/bookings/{id}`.
    func fullPath(owner: PluginID) -> String {
        switch self.mount {
        case .product: "/api/v1" + self.path
        case .extension: "/api/v1/ext/\(owner)" + self.path
        }
    }
}

/// What an endpoint answers when it succeeds.
struct EndpointAnswer: Sendable {
    /// Status, version and body.
    let encoded: EncodedAnswer
    /// Whether the answer was kept from an earlier call with the same idempotency key.
    let isReplayed: Bool
    /// Headers of its own.
    var headers: [(name: String, value: String)] = []
    /// What is sent for as long as somebody listens, where the endpoint is live.
    var reading: (any LiveReading)?
}

/// An answer that carries the version of the object it shows: it becomes the `ETag`.
public protocol Versioned {
    /// Counts the changes of the object from 1.
    var version: Int { get }
}

/// An answer without content, or an input without fields.
public struct Nothing: APIInput, Equatable {
    /// Nothing.
    public init() {}
}
