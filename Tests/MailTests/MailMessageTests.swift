import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacMail

struct MailMessageTests {
    private static func message(_ subject: String, from sender: String = "office@school.example") throws -> String {
        let mail = OutgoingMail(
            recipient: try EmailAddress("anna@example.org"), subject: subject, text: "Hallo", kind: "test")
        let message = try MailMessage(
            mail, from: try #require(Mailbox(sender)), at: TestClock.start, random: SeededRandom(seed: 1))
        return String(decoding: message.bytes, as: UTF8.self)
    }

    private static func field(_ name: String, of message: String) throws -> String {
        let start = try #require(message.range(of: "\(name): ")).upperBound
        let rest = message[start...]
        let lines = rest.split(separator: "\r\n", omittingEmptySubsequences: false)
        return ([lines[0]] + lines.dropFirst().prefix { $0.hasPrefix(" ") }).joined(separator: "\r\n")
    }

    @Test(arguments: [
        ("Ihr Passwort", "Ihr Passwort"), ("", ""), ("1 + 1 = 2", "=?UTF-8?B?MSArIDEgPSAy?="),
        ("Prüfung", "=?UTF-8?B?UHLDvGZ1bmc=?="), (" edges ", "=?UTF-8?B?IGVkZ2VzIA==?="),
        ("two  spaces", "=?UTF-8?B?dHdvICBzcGFjZXM=?="),
    ])
    func subjectsArePlainWhereTheyCanBe(subject: String, written: String) throws {
        #expect(try Self.field("Subject", of: try Self.message(subject)) == written)
    }

    @Test
    func longLinesAreFoldedAndNoCharacterIsParted() throws {
        let message = try Self.message(String(repeating: "ä\u{1F697}", count: 60))
        let words = try Self.field("Subject", of: message).split(separator: "\r\n ")

        #expect(words.count > 5)
        #expect(message.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(words.allSatisfy { $0.hasPrefix("=?UTF-8?B?") && $0.hasSuffix("?=") })
    }

    @Test(arguments: [
        ("office@school.example", "office@school.example"),
        ("School <office@school.example>", #""School" <office@school.example>"#),
        (#""Smith, J. \" <office@school.example>"#, #""Smith, J. \\" <office@school.example>"#),
        ("Prüfung <office@school.example>", "=?UTF-8?B?UHLDvGZ1bmc=?= <office@school.example>"),
    ])
    func sendersKeepTheirNames(sender: String, written: String) throws {
        #expect(try Self.field("From", of: try Self.message("Hi", from: sender)) == written)
    }

    @Test(arguments: [
        "", "School", "School <>", "School <a@b", "<a@b.example> x", "a@b.example, c@d.example",
        "School\r\nBcc: x@y.example <a@b.example>", "School\u{0}<a@b.example>", "School <a@b.example\r\n>",
    ])
    func mailboxesAreOneAddress(text: String) {
        #expect(Mailbox(text) == nil)
    }

    @Test(arguments: [
        (Int64(1_772_438_400), "Mon, 02 Mar 2026 08:00:00 +0000"), (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
    ])
    func datesAreThoseOfMail(seconds: Int64, date: String) {
        #expect(MailMessage.date(Instant(seconds: seconds)) == date)
    }

    @Test(arguments: [
        ("", ""), ("a", "a\r\n"), ("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd\r\n"), ("a \n", "a=20\r\n"), ("a\t", "a=09\r\n"),
        (".", "=2E\r\n"), ("From x", "=46rom x\r\n"), ("ä=", "=C3=A4=3D\r\n"), ("a\n\nb", "a\r\n\r\nb\r\n"),
        ("\u{0}", "=00\r\n"),
    ])
    func bodiesAreQuotedPrintable(text: String, written: String) {
        #expect(String(decoding: QuotedPrintable.encode(text), as: UTF8.self) == written)
    }

    @Test(arguments: 70...160)
    func noLineOfABodyIsTooLong(length: Int) {
        for text in [String(repeating: "x", count: length), String(repeating: "ö", count: length)] {
            let lines = String(decoding: QuotedPrintable.encode(text), as: UTF8.self).split(separator: "\r\n")

            #expect(lines.allSatisfy { $0.utf8.count <= 76 })
            #expect(lines.dropLast().allSatisfy { $0.hasSuffix("=") && $0.utf8.count >= 74 })
        }
    }
}
