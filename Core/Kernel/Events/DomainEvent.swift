/// The permanent name of an event on the wire, with the version of its form.
public struct WireName: Hashable, Sendable, CustomStringConvertible {
    /// `plugin.what-happened`, in the past tense.
    public let name: String
    /// Counts from 1; a form that old readers cannot read gets the next number.
    public let version: Int

    /// Names an event.
    public init(_ name: String, version: Int) {
        self.name = name
        self.version = version
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { "\(self.name)/\(self.version)" }
}

/// Something that has happened, told durably to whoever wants to know.
///
/// The event is stored in the transaction that made it true, with one delivery for each consumer. It carries ids and
/// facts, never personal data: it is kept longer than a person may want to be known.
public protocol DomainEvent: Codable, Sendable {
    /// Its permanent name.
    static var wire: WireName { get }
    /// What events must stay in order with, for example the booking's id; `nil` when order does not matter.
    var orderingKey: String? { get }
}

extension DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var orderingKey: String? { nil }
}
