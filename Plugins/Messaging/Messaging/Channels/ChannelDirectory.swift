internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// The ways to reach people in this deployment: the inbox in the program, mail, and what plugins contribute.
struct ChannelDirectory: Sendable {
    private let contributed: @Sendable () -> [any MessageChannel]

    init(kernel: Kernel<Messaging>) {
        let email = EmailChannel { kernel.mail }
        self.contributed = {
            [email] + kernel.contributions(of: ContributedChannel.self).map(\.item.channel)
        }
    }

    /// Channels of a test's own.
    init(_ channels: [any MessageChannel]) { self.contributed = { channels } }

    /// The names of all channels, the inbox first.
    var ids: [ChannelID] { [.inApp] + self.contributed().map(\.id) }

    /// The names of those that are used for people who have chosen none.
    var defaults: [ChannelID] { [.inApp] + self.contributed().filter(\.isDefault).map(\.id) }

    /// The channel of a name; `nil` for the inbox, which nobody has to send to, and for one that is not there.
    func channel(_ id: ChannelID) -> (any MessageChannel)? { self.contributed().first { $0.id == id } }

    /// What messages on a channel can hold besides subject and text; nothing for the inbox.
    func parts(of id: ChannelID) -> Set<MessagePart> { self.channel(id)?.parts ?? [] }
}
