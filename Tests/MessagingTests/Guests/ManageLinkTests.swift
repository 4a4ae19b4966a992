import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// The links with which customers look after what they have booked.
struct ManageLinkTests {
    private static let pages = AccountPolicy(publicURL: "https://book.example")
    private static let place = "https://book.example/book/manage?booking="

    private static func mail(to address: String, _ practice: Practice) throws -> OutgoingMail {
        try #require(practice.mailbox.mails.last { $0.recipient.text == address && $0.html != nil })
    }

    @Test(arguments: TestEngine.allCases)
    func customersAreLedToTheirBooking(_ engine: TestEngine) async throws {
        try await withPractice(engine, accounts: Self.pages) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 5)
            let mail = try Self.mail(to: TestMember.customer.email, practice)
            // Whoever has an account signs in.
            let link = "\(Self.place)\(booking)&organization=north"
            let written = link.replacing("&", with: "&amp;")
            #expect(mail.text.contains(": \(link)\n\n"))
            #expect(mail.html?.contains("<a href=\"\(written)\">\(written)</a>") == true)
            let other = try Self.mail(to: TestMember.provider.email, practice)
            #expect(!other.text.contains("/book/") && other.html?.contains("/book/") == false)
            // There is nothing left to do about what is cancelled.
            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 5)
            let last = try Self.mail(to: TestMember.customer.email, practice)
            #expect(last.text.contains("{{") == false && !last.text.contains("/book/"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestComesInByTheLink(_ engine: TestEngine) async throws {
        try await withPractice(engine, accounts: Self.pages) { practice in
            let id = try await practice.bookAsGuest(locale: "fr").booking
            try await practice.tell()
            try await practice.pass(minutes: 5)
            let mail = try Self.mail(to: "gast@example.org", practice)
            let link = "Consulter, déplacer ou annuler : \(Self.place)\(id)&organization=north#token="
            let parts = mail.text.components(separatedBy: link)
            #expect(parts.count == 2)
            let token = String((parts.last ?? "").prefix { !$0.isNewline })
            #expect(try await practice.status(token, of: id) == 200)
            // It stands nowhere but in the mail.
            for row in ["kernel.event", "kernel.job", "messaging.message", "bookings.guest_access"] {
                let found = try await practice.platform.database.rows("SELECT * FROM {\(row)}")
                #expect(!found.contains { $0.contains { $0?.contains(token) ?? false } })
            }
        }
    }

    @Test func withoutPagesThereIsNoLink() async throws {
        try await withPractice(.sqlite) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 5)
            let mail = try Self.mail(to: TestMember.customer.email, practice)
            #expect(!mail.text.contains("/book/") && !mail.text.contains("View, move"))
            #expect(mail.html?.contains("<a") == false)
        }
    }
}
