import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// Which passwords will do.
struct PasswordRuleTests {
    private static let context = PasswordContext.account(
        "Anna.Meier@lindenhof-fahrschule.example", "Fahrschule Lindenhof")

    /// The code with which a password is refused; `nil` when it will do.
    private func code(_ password: String, _ context: PasswordContext = .product, factor: Bool = false) -> String? {
        do {
            try PasswordRule.check(password, for: context, hasSecondFactor: factor)
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test("v5.0.0-6.2.1 passwords have at least 15 characters, 8 with a second factor, counted in Unicode scalars")
    func lengthsAreCountedInScalars() {
        #expect(self.code("vier alte Bäum") == "password_too_short")
        #expect(self.code("vier alte Bäume") == nil)
        #expect(self.code("alte Bä", factor: true) == "password_too_short")
        #expect(self.code("alte Bäu", factor: true) == nil)
        // One character to the eye, seven scalars.
        #expect(self.code("👨‍👩‍👧‍👦 grün 7 ab", factor: false) == nil)
        #expect(self.code("木漏れ日の中で本を読む猫と犬") == "password_too_short")
        #expect(self.code("木漏れ日の中で本を読む猫と犬達") == nil)
    }

    @Test(
        "v5.0.0-6.2.4 passwords that are tried first are refused",
        arguments: [
            "12345678987654321", "1qaz2wsx3edc4rfv", "qazwsxedcrfvtgb", "passwordstandard", "PasswordStandard",
            "qwertyuiopasdfghjkl", "abcdefghijklmnop", "zyxwvutsrqponmlkj", "098765432109876", "1q2w3e4r5t6y7u8i",
            "passwordpassword", "Password Password", "letmeinletmeinletmein", "aaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc", "abc abc abc abc abc", "sunshineprincess", "liverpool2012!!!", "2012!!!liverpool",
            "football football!", "iloveyou1234567890", "qwertyuiop12345", "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
        ])
    func commonPasswordsAreRefused(_ password: String) {
        #expect(self.code(password) == "password_common")
    }

    @Test("v5.0.0-6.2.4 every common password is refused, and so is every one that is made long enough by repeating it")
    func theWholeListIsRefused() throws {
        let list = try Self.list()
        #expect(list.count == 30_000)
        #expect(zip(list, list.dropFirst()).allSatisfy { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        let missed = list.filter { !CommonPasswords.contains(ArraySlice($0.utf8)) }
        #expect(missed == [])
        let found = list.filter { CommonPasswords.contains(ArraySlice($0.utf8) + [0x21]) && !list.contains($0 + "!") }
        #expect(found == [])
        let repeated = list.filter { $0.count >= 8 }.map { $0 + $0 }
        #expect(repeated.count > 3_000)
        #expect(repeated.filter { self.code($0) != "password_common" } == [])
        #expect(list.filter { $0.count >= 8 && self.code($0, factor: true) != "password_common" } == [])
    }

    private static func list() throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Core/CCommonPasswords/common-passwords.txt")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(
        "v5.0.0-6.2.5 any composition will do",
        arguments: [
            "correct horse battery staple", "correcthorsebatterystaple", "483920174650192", "qpzmtyghvnalskd",
            "QPZMTYGHVNALSKD", "!?§$%&/()=*+~#'<", "               x", "une phrase que moi seul connais",
            "пароль длинный и мой",
            "password is not my cat", "almanac of the year I was born",
        ])
    func anyCompositionWillDo(_ password: String) {
        #expect(self.code(password, Self.context) == nil)
    }

    @Test("v5.0.0-6.2.9 passwords of 64 characters and far more are taken")
    func longPasswordsAreTaken() {
        let random = SeededRandom(seed: 3)
        for length in [64, 65, 128, 1_024] {
            let text = String(decoding: random.bytes(length).map { 0x21 + $0 % 94 }, as: UTF8.self)
            #expect(self.code(text) == nil)
        }
        #expect(
            self.code(String(decoding: random.bytes(1_025).map { 0x21 + $0 % 94 }, as: UTF8.self))
                == "password_too_long")
    }

    @Test(
        "v5.0.0-6.2.11 words of the context are refused",
        arguments: [
            "anna.meier@lindenhof-fahrschule.example", "Anna.Meier 20261121", "Fahrschule Lindenhof",
            "fahrschulelindenhof1!",
            "Lindenhof 2026!!!", "annameierannameier", "meier lindenhof 1", "Almanac almanac 1", "almanacpassword1",
            "password lindenhof",
        ])
    func wordsOfTheContextAreRefused(_ password: String) {
        #expect(self.code(password, Self.context) == "password_guessable" || self.code(password) == "password_common")
        let stranger = PasswordContext.account("otto@example.org", "Klinik am See")
        if !password.lowercased().contains("almanac") { #expect(self.code(password, stranger) == nil) }
    }

    @Test func hostileTextsTakeNoTime() {
        // Would take minutes if work grew with the square of the length.
        let clock = ContinuousClock()
        let texts = [
            String(repeating: "a", count: 1_023) + "b", String(repeating: "lindenhof", count: 113),
            String(repeating: "\u{1F80}", count: 341),
        ]
        let time = clock.measure { for text in texts { _ = self.code(text, Self.context) } }
        #expect(time < Duration.seconds(2).patiently)
    }
}

extension PasswordContext {
    fileprivate static func account(_ email: String, _ organization: String, _ names: [String] = []) -> PasswordContext
    {
        guard let address = try? EmailAddress(email) else { return .product }
        let place = Organization(
            id: OrganizationID(high: 1, low: 1), slug: "school", name: organization, zone: .utc, locale: "de",
            currency: "EUR")
        return PasswordContext(email: address, organization: place, names: names)
    }
}
