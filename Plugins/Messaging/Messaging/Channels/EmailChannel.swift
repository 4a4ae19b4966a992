internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// Mail, by way of whoever takes mails for the deployment.
///
/// The entry of the recipient's calendar is sent twice, as mail programs want it: as the last form of the body, by which
/// they offer to change the calendar (RFC 6047 §2.4), and as a file for those that do not know that form.
struct EmailChannel: MessageChannel {
    let transport: @Sendable () -> (any MailTransport)?

    var id: ChannelID { .email }
    var parts: Set<MessagePart> { [.html, .invitation] }
    var isDefault: Bool { true }
    var isSilent: Bool { false }
    var isConfigured: Bool { self.transport() != nil }

    func address(of recipient: MessageRecipient) -> String? {
        recipient.email.flatMap { try? EmailAddress($0) }?.text
    }

    func send(_ message: ChannelMessage) async throws -> ChannelReceipt {
        guard let transport = self.transport() else {
            throw ChannelError(isPermanent: false, reason: "the manifest has no section mail")
        }
        guard let recipient = try? EmailAddress(message.address) else {
            throw ChannelError(isPermanent: true, reason: "the address is none")
        }
        do {
            return ChannelReceipt(response: try await transport.deliver(Self.mail(message, to: recipient)).response)
        } catch let error as MailDeliveryError {
            throw ChannelError(isPermanent: error.isPermanent, reason: error.reason)
        }
    }

    private static func mail(_ message: ChannelMessage, to recipient: EmailAddress) -> OutgoingMail {
        let content = message.content
        var alternatives: [OutgoingMail.Part] = []
        var attachments: [OutgoingMail.Part] = []
        if let invitation = content.invitation {
            let type = "text/calendar; charset=utf-8; method=\(invitation.method.rawValue)"
            let bytes = Array(invitation.object.utf8)
            alternatives.append(OutgoingMail.Part(contentType: type, bytes: bytes))
            attachments.append(OutgoingMail.Part(contentType: type, fileName: "invite.ics", bytes: bytes))
        }
        return OutgoingMail(
            recipient: recipient, subject: content.subject, text: content.text, html: content.html,
            alternatives: alternatives, attachments: attachments, identifier: message.identifier,
            kind: "messaging.\(message.type.rawValue)")
    }
}
