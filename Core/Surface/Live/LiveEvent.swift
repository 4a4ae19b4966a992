internal import AlmanacStorage

/// A kind of event that a live endpoint sends: its name, and what it carries as JSON.
public struct LiveEventKind<Payload: Codable & Sendable>: Sendable {
    /// The name after which those who listen tell events apart: `message`.
    public let name: String
    /// When it comes and what it means, in a sentence, for the API's document.
    public let about: String

    /// Describes a kind of event.
    public init(_ name: StaticString, _ about: StaticString) {
        self.name = "\(name)"
        self.about = "\(about)"
    }

    /// What the API's document says of it.
    public var described: LiveEventDescription {
        LiveEventDescription(name: self.name, about: self.about) {
            (registry: inout SchemaRegistry) throws(SchemaError) in
            try registry.schema(of: Payload.self)
        }
    }
}

/// What the API's document says of a kind of event.
public struct LiveEventDescription: Sendable {
    let name: String
    let about: String
    let describe: @Sendable (inout SchemaRegistry) throws(SchemaError) -> Schema
}

/// One event of a live endpoint.
public struct LiveEvent: Sendable {
    let name: String
    let position: Int64?
    let encode: @Sendable () throws -> [UInt8]

    /// Describes an event.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - payload: What it carries.
    ///   - position: Up to where somebody has seen everything who has seen this event, 0 or more: what they send as
    ///     `Last-Event-ID` when they come again. It stays as it was when `nil`.
    public init<Payload>(_ kind: LiveEventKind<Payload>, _ payload: Payload, at position: Int64? = nil) {
        self.name = kind.name
        self.position = position
        self.encode = { try JSONEncoding.encode(payload) }
    }

    /// The event as it is sent (WHATWG HTML §9.2.6): JSON of ours stands on one line.
    func write(to bytes: inout [UInt8]) throws {
        if let position = self.position { bytes += Array("id: \(position)\n".utf8) }
        bytes += Array("event: \(self.name)\ndata: ".utf8)
        bytes += try self.encode()
        bytes += Array("\n\n".utf8)
    }
}

/// A piece of what there is to send, small enough to be kept in memory for every stream at once.
public struct LiveBatch: Sendable {
    /// What is sent now, in order.
    public let events: [LiveEvent]
    /// Whether there is more at once.
    public let hasMore: Bool

    /// Describes a piece.
    public init(_ events: [LiveEvent], hasMore: Bool = false) {
        self.events = events
        self.hasMore = hasMore
    }
}
