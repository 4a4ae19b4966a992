import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// The entries of calendars that come with mails: made, moved and taken out by their readers' programs (RFC 5546).
struct InvitationTests {
    /// The properties of the entry in a mail; the file and the form of the body are the same.
    private static func entry(_ mail: OutgoingMail?) throws -> [String: String] {
        let mail = try #require(mail)
        let file = try #require(mail.attachments.first)
        #expect(mail.attachments.count == 1)
        #expect(mail.alternatives.map(\.bytes) == [file.bytes])
        #expect(mail.alternatives.map(\.contentType) == [file.contentType])
        #expect(file.fileName == "invite.ics")
        let text = String(decoding: file.bytes, as: UTF8.self)
        let unfolded = text.replacing("\r\n ", with: "")
        var entry: [String: String] = ["type": file.contentType]
        for line in unfolded.split(separator: "\r\n") {
            guard let end = line.firstIndex(where: { $0 == ":" || $0 == ";" }) else { continue }
            entry[String(line[..<end])] = String(line[line.index(after: end)...])
        }
        return entry
    }

    @Test(arguments: TestEngine.allCases)
    func areMadeMovedAndTakenOut(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            func last() throws -> [String: String] {
                try Self.entry(practice.mailbox.mails.last { $0.recipient.text == TestMember.customer.email })
            }
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            let made = try last()
            #expect(made["type"] == "text/calendar; charset=utf-8; method=REQUEST")
            #expect(made["METHOD"] == "REQUEST")
            #expect(made["UID"] == booking)
            #expect(made["SEQUENCE"] == "0")
            #expect(made["DTSTART"] == "20260303T090000Z")
            #expect(made["DTEND"] == "20260303T100000Z")
            #expect(made["DTSTAMP"] == "20260302T080400Z")
            #expect(made["STATUS"] == "CONFIRMED")
            #expect(made["SUMMARY"] == "Fahrstunde")
            #expect(made["ORGANIZER"] == "CN=\"School\":mailto:office@school.example")
            #expect(made["ATTENDEE"]?.hasSuffix(":mailto:customer@example.org") == true)

            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            let moved = try last()
            #expect(moved["METHOD"] == "REQUEST")
            #expect(moved["UID"] == booking)
            #expect(moved["SEQUENCE"] == "1")
            #expect(moved["DTSTART"] == "20260303T130000Z")

            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            let cancelled = try last()
            #expect(cancelled["type"] == "text/calendar; charset=utf-8; method=CANCEL")
            #expect(cancelled["METHOD"] == "CANCEL")
            #expect(cancelled["UID"] == booking)
            #expect(cancelled["SEQUENCE"] == "2")
            #expect(cancelled["STATUS"] == "CANCELLED")
            #expect(cancelled["DTSTART"] == "20260303T130000Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func comeWithNoReminder(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            practice.platform.clock.set(try practice.march(4, 10))
            try await practice.send()
            let reminder = practice.mailbox.mails.last
            #expect(reminder?.subject.hasPrefix("Erinnerung") == true)
            #expect(reminder?.attachments == [])
            #expect(reminder?.alternatives == [])
        }
    }
}
