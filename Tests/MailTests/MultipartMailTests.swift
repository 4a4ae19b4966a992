import AlmanacKernel
import AlmanacMail
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Mails of several parts, as a real server and Python's reader of mails see them.
@Suite(.enabled(if: Counterpart.isAvailable))
struct MultipartMailTests {
    private static let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Prüfung\r\nEND:VCALENDAR\r\n"

    private static func part(
        _ type: String = "text/calendar; charset=utf-8; method=REQUEST", named name: String? = nil
    ) -> OutgoingMail.Part {
        OutgoingMail.Part(contentType: type, fileName: name, bytes: Array(Self.calendar.utf8))
    }

    private static func mail(
        html: String? = nil, alternatives: [OutgoingMail.Part] = [], attachments: [OutgoingMail.Part] = [],
        identifier: String? = nil
    ) throws -> OutgoingMail {
        OutgoingMail(
            recipient: try EmailAddress("anna@example.org"), subject: "Bestätigt", text: "Grüß Gott\n.\n=_ --\n",
            html: html, alternatives: alternatives, attachments: attachments, identifier: identifier, kind: "test")
    }

    private static func transport(_ server: Counterpart) throws -> SMTPTransport {
        let configuration = SMTPTransport.Configuration(
            url: try #require(SMTPURL("smtp://localhost:\(server.port)")),
            sender: try #require(Mailbox("School <office@school.example>")), encryption: .none, timeoutSeconds: 10)
        return SMTPTransport(
            configuration, clock: ManualClock(TestClock.start), random: SeededRandom(seed: 0x5E))
    }

    /// Sends a mail to a real server.
    private static func arrived(_ mail: OutgoingMail) async throws -> (mail: JSON, receipt: MailReceipt) {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { server in
                let receipt = try await Self.transport(server).deliver(mail)
                let event = try await server.event { $0["mail"] == nil ? nil : $0 }
                let mail = try #require(event["mail"])
                #expect(mail["defects"]?.array == [], "\(mail)")
                #expect(mail["isSevenBit"]?.bool == true)
                #expect(mail["hasBareLineEnds"]?.bool == false)
                #expect(try #require(mail["longestLine"]?.int) <= 76)
                return (mail, receipt)
            }
        }
    }

    private static func tree(_ mail: JSON) -> [String] {
        (mail["parts"]?.array ?? []).map { part in
            String(repeating: " ", count: part["depth"]?.int ?? 0) + (part["type"]?.string ?? "")
        }
    }

    @Test func allFormsAndWhatComesWithThemArrive() async throws {
        let html = "<p>Grüß Gott</p>\n<p>\(String(repeating: "länger ", count: 60))</p>"
        let (mail, receipt) = try await Self.arrived(
            try Self.mail(html: html, alternatives: [Self.part()], attachments: [Self.part(named: "invite.ics")]))

        #expect(
            Self.tree(mail) == [
                "multipart/mixed", " multipart/alternative", "  text/plain", "  text/html", "  text/calendar",
                " text/calendar",
            ])
        let parts = mail["parts"]?.array ?? []
        #expect(mail["body"]?.string == "Grüß Gott\n.\n=_ --\n")
        #expect(parts[3]["content"]?.string == html + "\n")
        #expect(parts[4]["content"]?.string == Self.calendar)
        #expect(parts[4]["method"]?.string == "REQUEST")
        #expect(parts[4]["disposition"] == .null)
        #expect(parts[5]["content"]?.string == Self.calendar)
        #expect(parts[5]["disposition"]?.string == "attachment")
        #expect(parts[5]["fileName"]?.string == "invite.ics")
        // What the server said to the mail is handed on, without its end of line.
        #expect(receipt.response == "250 OK")
    }

    @Test func twoFormsNeedNoMoreThanOneLevel() async throws {
        let (mail, _) = try await Self.arrived(try Self.mail(html: "<p>Hallo</p>"))
        #expect(Self.tree(mail) == ["multipart/alternative", " text/plain", " text/html"])
    }

    @Test func attachmentsOfAPlainTextStandBesideIt() async throws {
        let (mail, _) = try await Self.arrived(
            try Self.mail(attachments: [Self.part("application/octet-stream", named: "a.bin")]))
        #expect(Self.tree(mail) == ["multipart/mixed", " text/plain", " application/octet-stream"])
    }

    @Test func aMailThatHasANameKeepsIt() async throws {
        let (mail, _) = try await Self.arrived(try Self.mail(identifier: "018f-42"))
        let headers = (mail["headers"]?.array ?? []).map { "\($0[0]?.string ?? ""): \($0[1]?.string ?? "")" }
        #expect(headers.contains("Message-ID: <018f-42@school.example>"))
    }

    @Test(arguments: [
        "text/calendar\r\nBcc: eve@example.org", "text/calendar; name=\"ä\"", "", "a\u{0}",
    ])
    func typesOfPartsAreOnePlainLine(type: String) async throws {
        try await Self.refused(try Self.mail(alternatives: [Self.part(type)]))
    }

    @Test(arguments: [
        "a\"b.ics", "a\r\nX: y.ics", "../a.ics", "", ".hidden", "prüfung.ics", String(repeating: "a", count: 61),
    ])
    func namesOfFilesArePlain(name: String) async throws {
        try await Self.refused(try Self.mail(attachments: [Self.part(named: name)]))
    }

    @Test(arguments: ["a b", "a>\r\nX: y", "", "a@b", String(repeating: "a", count: 65)])
    func identifiersArePlain(identifier: String) async throws {
        try await Self.refused(try Self.mail(identifier: identifier))
    }

    /// Refused before anything is said to a server: none listens there.
    private static func refused(_ mail: OutgoingMail) async throws {
        let configuration = SMTPTransport.Configuration(
            url: try #require(SMTPURL("smtp://localhost:1")), sender: try #require(Mailbox("office@school.example")),
            encryption: .none)
        let failure = await #expect(throws: MailDeliveryError.self) {
            try await SMTPTransport(configuration).send(mail)
        }
        #expect(failure?.isPermanent == true)
    }
}

/// The mail server, beside this file.
private let script =
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    + "/Counterparts/mail_server.py"
