package import AlmanacKernel
package import AlmanacStorage

/// A mail as it goes over the wire (RFC 5322, RFC 2045): a plain text in UTF-8, or several parts; see ``MessageBody``.
package struct MailMessage: Sendable {
    /// The message, lines ended by CRLF.
    package let bytes: [UInt8]

    /// Composes a message.
    ///
    /// - Parameters:
    ///   - mail: What is to be said, and to whom.
    ///   - sender: From whom.
    ///   - replyTo: Where answers go, if not to the sender.
    ///   - now: What its date says.
    ///   - random: Where its identifier comes from.
    /// - Throws: ``AlmanacKernel/MailDeliveryError`` when a field would not be one line.
    package init(
        _ mail: OutgoingMail, from sender: Mailbox, replyTo: Mailbox? = nil, at now: Instant, random: any RandomSource
    ) throws {
        var head = try HeaderText.field("From", sender)
        head += "To: \(mail.recipient.text)\r\n"
        if let replyTo { head += try HeaderText.field("Reply-To", replyTo) }
        head += try HeaderText.field("Subject", mail.subject)
        head += "Date: \(Self.date(now))\r\n"
        head += "Message-ID: <\(try Self.identifier(mail, random))@\(sender.address.domain)>\r\n"
        // No answer by a machine, please (RFC 3834 §5).
        head += "Auto-Submitted: auto-generated\r\n"
        head += "MIME-Version: 1.0\r\n"
        let body = try MessageBody(mail, random: random)
        self.bytes = Array((head + body.head + "\r\n").utf8) + body.bytes
    }

    /// The left side of the `Message-ID`: the mail's own name, or a new one.
    private static func identifier(_ mail: OutgoingMail, _ random: any RandomSource) throws -> String {
        guard let identifier = mail.identifier else { return Base64URL.encode(random.bytes(18)) }
        let isPlain = identifier.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(identifier.utf8.count) else { throw MessageFault.notOneLine("Message-ID") }
        return identifier
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The date in UTC as RFC 5322 §3.3 has it: `Mon, 02 Mar 2026 08:00:00 +0000`.
    static func date(_ instant: Instant) -> String {
        let seconds = min(max(instant, .distantPast), .distantFuture).seconds
        let day = LocalDate(daysSinceEpoch: Int((Double(seconds) / 86_400).rounded(.down)))
        let second = Int(seconds) - day.daysSinceEpoch * 86_400
        let (year, month, date) = day.components
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let padded = String(repeating: "0", count: max(0, 4 - "\(year)".utf8.count)) + "\(year)"
        return "\(Self.weekdays[day.weekday.rawValue - 1]), \(two(date)) \(Self.months[month - 1]) \(padded) "
            + "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
    }
}
