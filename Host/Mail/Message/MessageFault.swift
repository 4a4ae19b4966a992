internal import AlmanacKernel

/// Why no message can be made of a mail.
enum MessageFault {
    static func notOneLine(_ field: String) -> MailDeliveryError {
        MailDeliveryError(isPermanent: true, reason: "the field \(field) of the mail would not be one line")
    }
}
