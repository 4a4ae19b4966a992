internal import AlmanacStorage

/// Thrown by a handler to say why an event could not be handled, in words that operators may read.
///
/// Any other error fails a delivery too. But nobody knows what its words show, so that only its kind is kept: the code
/// of a ``Refusal``, code and constraint of a storage error, the place in the payload of a decoding error, the type of
/// anything else.
public struct DeliveryFailure: Error, CustomStringConvertible, Sendable {
    /// What went wrong: no secrets, nothing about people; cut off after 500 characters.
    public let reason: String
    /// Whether trying again is of no use: the delivery is dead at once.
    public let isPermanent: Bool

    /// Says why.
    public init(_ reason: String, isPermanent: Bool = false) {
        self.reason = reason
        self.isPermanent = isPermanent
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.reason }
}

/// What is kept of an error that a delivery has ended with.
struct FailureNote: Sendable, Equatable {
    /// The longest text that is kept, in characters.
    static let longest = 500

    let text: String
    let isPermanent: Bool

    /// What a host leaves behind that ended while it was at it.
    static let abandoned = FailureNote("the host ended, or lost its lease, while it handled the event")

    private init(_ text: String, isPermanent: Bool = false) {
        self.text = String(String(text.unicodeScalars.filter { $0 != "\0" }).prefix(Self.longest))
        self.isPermanent = isPermanent
    }

    /// Notes an error without anything that could be about a person.
    init(_ error: any Error) {
        if let failure = error as? DeliveryFailure {
            self.init(failure.reason, isPermanent: failure.isPermanent)
        } else if let refusal = error as? Refusal {
            self.init("refused: \(refusal.code)")
        } else if let storage = error.storageError {
            self.init("database: \(storage.code)" + (storage.constraint.map { " (\($0))" } ?? ""))
        } else if let decoding = error as? DecodingError {
            self.init(Self.place(of: decoding))
        } else {
            self.init("failed: \(type(of: error))")
        }
    }

    private static func place(of error: DecodingError) -> String {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            "/" + (context.codingPath + [last].compactMap { $0 }).map(\.stringValue).joined(separator: "/")
        }
        return switch error {
        case .keyNotFound(let key, let context): "payload: \(path(context, key)) is missing"
        case .typeMismatch(_, let context): "payload: \(path(context)) is of another type"
        case .valueNotFound(_, let context): "payload: \(path(context)) is null"
        case .dataCorrupted(let context): "payload: \(path(context)) cannot be read"
        @unknown default: "payload: cannot be read"
        }
    }
}
