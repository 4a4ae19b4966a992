import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Messaging
import MessagingAPI
import Synchronization

/// Takes mails, or refuses them as it is told.
final class ScriptedMail: MailTransport {
    private let state = Mutex<(taken: [OutgoingMail], tried: Int, answer: MailDeliveryError?)>(([], 0, nil))

    var taken: [OutgoingMail] { self.state.withLock { $0.taken } }
    var tried: Int { self.state.withLock { $0.tried } }

    /// Refuses all mails from now on, or takes them again.
    func refuse(_ error: MailDeliveryError?) { self.state.withLock { $0.answer = error } }

    func send(_ mail: OutgoingMail) async throws {
        let answer = self.state.withLock { state in
            state.tried += 1
            return state.answer
        }
        // Others get a chance to do the same meanwhile.
        for _ in 0..<20 { await Task.yield() }
        if let answer { throw answer }
        self.state.withLock { $0.taken.append(mail) }
    }

    func deliver(_ mail: OutgoingMail) async throws -> MailReceipt {
        try await self.send(mail)
        return MailReceipt(response: "250 2.0.0 Ok: queued as 4F2A")
    }

    var sender: EmailAddress? { try? EmailAddress("office@school.example") }
}

/// A plugin of somebody else that brings another channel: it reaches people by telephone.
struct Telegraph: Plugin {
    struct Settings: PluginSettings {
        init(from read: inout SettingsReader) throws {}
    }

    static let declaration = Declaration(
        id: "telegraph", version: "1.0.0", summary: "Sends telegrams", needs: [.messaging])

    /// What was sent by telegraph, by the id of the organization and the address.
    static let sent = Mutex<[String]>([])

    struct Line: MessageChannel {
        var id: ChannelID { "telegram" }
        var parts: Set<MessagePart> { [] }
        var isDefault: Bool { false }
        var isSilent: Bool { true }
        var isConfigured: Bool { true }

        func address(of recipient: MessageRecipient) -> String? { recipient.person.description }

        func send(_ message: ChannelMessage) async throws -> ChannelReceipt {
            Telegraph.sent.withLock {
                $0.append("\(message.organization) \(message.address) \(message.content.html ?? "plain")")
            }
            return ChannelReceipt(response: "stop")
        }
    }

    init(settings: Settings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions { ContributedChannel(Line()) }
}
