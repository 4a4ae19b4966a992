import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What mails about accounts say.
struct AccountMailTests {
    private static let token = MailedToken(random: SeededRandom(seed: 1))
    private static let all: [AccountMail] =
        [
            .verification(token), .alreadyRegistered, .passwordReset(token), .passwordChanged, .newAddress(token),
            .addressTaken, .addressChanged, .invitation,
        ] + IdentityMail.Change.allCases.map { .identity(IdentityMail(change: $0, provider: "Schlüsseldienst")) }

    @Test(arguments: AccountMail.Language.allCases)
    func everyMailHasWordsOfItsOwn(_ language: AccountMail.Language) {
        let texts = Self.all.map { $0.words(in: language, of: "Schule am See", pages: nil) }
        #expect(Set(texts.map(\.subject)).count == Self.all.count)
        #expect(Set(texts.map(\.text)).count == Self.all.count)
        for words in texts {
            #expect(!words.subject.contains("{") && !words.text.contains("{"))
            #expect(words.text.contains("Schule am See"))
            #expect(!words.subject.contains("\n"))
        }
    }

    @Test func aTokenIsALinkWhereThereArePages() {
        let code = Self.token.reveal()
        let link = AccountMail.passwordReset(Self.token).words(in: .en, of: "School", pages: "https://a.example/x").text
        let plain = AccountMail.passwordReset(Self.token).words(in: .en, of: "School", pages: nil).text
        // Behind the #, which no server is sent.
        #expect(link.contains("\n    https://a.example/x/account/reset-password#token=\(code)\n"))
        #expect(link.contains("link works once"))
        #expect(plain.contains("\n    \(code)\n"))
        #expect(plain.contains("code works once"))
        for mail in [AccountMail.passwordChanged, .alreadyRegistered, .addressTaken, .addressChanged] {
            #expect(!mail.words(in: .en, of: "School", pages: "https://a.example").text.contains("almanac_mail_"))
        }
    }

    @Test(arguments: [
        (["de-AT"], "de"), (["fr-CA", "de"], "fr"), (["nl", "fr"], "fr"), (["nl"], "en"), ([], "en"),
        (["*", "x"], "en"),
    ])
    func theReadersLanguageIsTaken(_ preferred: [String], _ language: String) {
        #expect(AccountMail.Language(preferred).rawValue == language)
    }

    @Test func theNameOfAnOrganizationBeginsNoHeaderAndNoGap() {
        let name = "School\r\nBcc: x@example.org\u{2028}{organization}"
        let words = AccountMail.alreadyRegistered.words(in: .en, of: name, pages: nil)
        #expect(words.subject.unicodeScalars.allSatisfy { !["\r", "\n", "\u{2028}"].contains($0) })
        #expect(words.subject.hasSuffix("{organization}"))
        let mail = AccountMail.identity(IdentityMail(change: .linked, provider: "{organization}\r\nBcc: x@example.org"))
        let linked = mail.words(in: .en, of: "{provider} School", pages: nil)
        #expect(linked.subject == "{organization}  Bcc: x@example.org now signs you in to {provider} School")
    }
}
