internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// The content of a message: one text, or several parts (RFC 2046 §5.1), each written so that it survives every server.
///
/// The forms of one body stand in `multipart/alternative`, the plainest first; what comes with it stands behind that in
/// `multipart/mixed`.
struct MessageBody {
    /// The header fields that describe it, each ended by CRLF.
    let head: String
    /// What follows the empty line.
    let bytes: [UInt8]

    /// Composes the content of a mail.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError`` when a part's type or name would not be one plain line.
    init(_ mail: OutgoingMail, random: any RandomSource) throws {
        var forms = [Self.text(mail.text, "plain")]
        if let html = mail.html { forms.append(Self.text(html, "html")) }
        forms += try mail.alternatives.map { try Self.part($0, isAttached: false) }
        let body = forms.count == 1 ? forms[0] : Self.multipart("alternative", forms, random)
        guard !mail.attachments.isEmpty else {
            self = body
            return
        }
        self = Self.multipart(
            "mixed", [body] + (try mail.attachments.map { try Self.part($0, isAttached: true) }), random)
    }

    private init(head: String, bytes: [UInt8]) {
        self.head = head
        self.bytes = bytes
    }

    private static func text(_ text: String, _ kind: String) -> MessageBody {
        MessageBody(
            head: "Content-Type: text/\(kind); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            bytes: QuotedPrintable.encode(text))
    }

    private static func part(_ part: OutgoingMail.Part, isAttached: Bool) throws -> MessageBody {
        guard (1...200).contains(part.contentType.utf8.count),
            part.contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw MessageFault.notOneLine("Content-Type") }
        var head = "Content-Type: \(part.contentType)\r\nContent-Transfer-Encoding: base64\r\n"
        if isAttached || part.fileName != nil {
            guard let name = part.fileName, Self.isFileName(name) else {
                throw MessageFault.notOneLine("Content-Disposition")
            }
            head += "Content-Disposition: \(isAttached ? "attachment" : "inline"); filename=\"\(name)\"\r\n"
        }
        return MessageBody(head: head, bytes: Self.base64(part.bytes))
    }

    private static func isFileName(_ name: String) -> Bool {
        (1...60).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Lines of 76 characters (RFC 2045 §6.8).
    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let text = Array(Data(bytes).base64EncodedString().utf8)
        var lines: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 76) {
            lines += text[start..<min(start + 76, text.count)]
            lines += [0x0D, 0x0A]
        }
        return lines
    }

    /// The boundary holds `=_`, which neither quoted-printable nor Base64 can: no part has it in it.
    private static func multipart(_ kind: String, _ parts: [MessageBody], _ random: any RandomSource) -> MessageBody {
        let boundary = "=_\(Base64URL.encode(random.bytes(18)))"
        var bytes: [UInt8] = []
        for part in parts {
            bytes += Array("--\(boundary)\r\n\(part.head)\r\n".utf8) + part.bytes
            // The line end before a boundary belongs to the boundary.
            bytes += [0x0D, 0x0A]
        }
        bytes += Array("--\(boundary)--\r\n".utf8)
        return MessageBody(
            head: "Content-Type: multipart/\(kind);\r\n boundary=\"\(boundary)\"\r\n", bytes: bytes)
    }
}
