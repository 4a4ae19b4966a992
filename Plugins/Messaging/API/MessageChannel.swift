public import AlmanacKernel
internal import AlmanacStorage

/// A way to reach people outside the program: mail, SMS, push.
///
/// Laws for conforming types:
/// - `send` returns only when somebody else has taken responsibility for the message. It ends by itself within a minute:
///   the message is claimed for five, and then sent again.
/// - It may be given a message again that it has sent, when the host ended in between; the identifier is the same.
/// - What it throws and what it returns name no recipient and show nothing of the content and of passwords: both are
///   kept and shown to the staff.
public protocol MessageChannel: Sendable {
    /// The permanent name: messages, templates and preferences are stored under it.
    var id: ChannelID { get }
    /// Which parts of a message it can carry besides subject and text.
    var parts: Set<MessagePart> { get }
    /// Whether it is used for people who have not chosen their channels.
    var isDefault: Bool { get }
    /// Whether its messages disturb nobody, so that they also go out while a person is not to be disturbed.
    var isSilent: Bool { get }
    /// Whether it can send at all: whether its provider is configured.
    var isConfigured: Bool { get }

    /// Where the recipient is reached; `nil` when they cannot be.
    func address(of recipient: MessageRecipient) -> String?

    /// Sends a message.
    ///
    /// - Returns: What the provider said.
    /// - Throws: ``ChannelError`` that says whether trying again can help; any other error counts as one that may pass.
    func send(_ message: ChannelMessage) async throws -> ChannelReceipt
}

/// A part of a message that not every channel can carry.
public enum MessagePart: String, Sendable, Hashable, CaseIterable {
    /// A document in HTML beside the text.
    case html
    /// An entry of the recipient's calendar.
    case invitation
}

/// What a provider said to a message that it has taken.
public struct ChannelReceipt: Sendable, Equatable {
    /// Its answer in its own words; `nil` where it gave none.
    public let response: String?

    /// Describes an answer.
    public init(response: String? = nil) { self.response = response }
}

/// A message was not taken.
public struct ChannelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whether the same message will be refused however often it is sent.
    public let isPermanent: Bool
    /// Why, for the staff.
    public let reason: String

    /// Describes a failure.
    public init(isPermanent: Bool, reason: String) {
        self.isPermanent = isPermanent
        self.reason = reason
    }

    /// The same as ``reason``.
    public var description: String { self.reason }
}

/// Adds a channel: what a plugin contributes that brings another way to reach people.
///
/// ```swift
/// ContributedChannel(TextMessages(settings: self.settings))
/// ```
public struct ContributedChannel: Contribution {
    /// The channel.
    public let channel: any MessageChannel

    /// Adds a channel.
    public init(_ channel: any MessageChannel) { self.channel = channel }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "message channel \(self.channel.id)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        var found: [String] = []
        if !self.channel.id.isWellFormed {
            found.append("its name must be a letter, then up to 39 letters and digits")
        }
        if self.channel.id == .inApp {
            found.append("the inbox in the program is no channel that can be contributed")
        }
        let namesakes = graph.contributions(of: ContributedChannel.self).filter {
            $0.owner != owner.id && $0.item.channel.id == self.channel.id
        }
        found += namesakes.map { "\($0.owner) has a channel of this name too" }
        return found
    }
}
