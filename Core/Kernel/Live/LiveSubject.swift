public import AlmanacStorage

/// What somebody follows who looks at something live: one thing of an organization, as the inbox of a person.
public struct LiveSubject: Sendable, Hashable {
    /// The topic it belongs to, as its ``LiveTopic`` is called.
    public let topic: String
    /// Whose it is.
    public let organization: OrganizationID
    private let thing: ID<LiveSubject>

    /// Names something that can be followed.
    ///
    /// - Parameters:
    ///   - topic: The topic it belongs to.
    ///   - id: Which of the topic's things it is.
    ///   - organization: Whose it is.
    public init<Entity>(_ topic: String, _ id: ID<Entity>, in organization: OrganizationID) {
        self.topic = topic
        self.organization = organization
        self.thing = id.cast()
    }

    /// Which of the topic's things it is.
    public func id<Entity>(of type: Entity.Type = Entity.self) -> ID<Entity> { self.thing.cast() }
}
