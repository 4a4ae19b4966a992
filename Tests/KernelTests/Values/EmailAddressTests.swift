internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct EmailAddressTests {
    @Test(arguments: [
        ("Anna.Meier@Example.ORG", "anna.meier@example.org", "example.org"),
        ("a@b.co", "a@b.co", "b.co"), ("root@localhost", "root@localhost", "localhost"),
        ("o'brien+tag/x=1@sub.example.co.uk", "o'brien+tag/x=1@sub.example.co.uk", "sub.example.co.uk"),
        ("JÜRGEN@Bücher.example", "jürgen@bücher.example", "bücher.example"), ("1@2.3", "1@2.3", "2.3"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "xn--bcher-kva.example"),
    ])
    func addressesOfPeopleAreAccepted(text: String, key: String, domain: String) throws {
        let address = try EmailAddress(text)
        #expect(address.text == text)
        #expect(address.key.text == key)
        #expect(address.domain == domain)
        #expect(address.sqlValue == .text(text))
    }

    @Test(
        arguments: [
            ("", .notOneAt), ("anna", .notOneAt), ("a@b@c.de", .notOneAt), ("@b.de", .invalidLocalPart),
            (".a@b.de", .invalidLocalPart), ("a.@b.de", .invalidLocalPart), ("a..b@c.de", .invalidLocalPart),
            ("\"a b\"@c.de", .invisibleCharacter), ("\"ab\"@c.de", .invalidLocalPart), ("<a@b.de>", .invalidLocalPart),
            ("a,b@c.de", .invalidLocalPart), ("a@", .invalidDomain), ("a@b", .invalidDomain), ("a@b.", .invalidDomain),
            ("a@.de", .invalidDomain), ("a@b..de", .invalidDomain), ("a@-b.de", .invalidDomain),
            ("a@b-.de", .invalidDomain), ("a@[127.0.0.1]", .invalidDomain), ("a@b_c.de", .invalidDomain),
            ("a b@c.de", .invisibleCharacter), (" a@c.de", .invisibleCharacter), ("a@c.de\n", .invisibleCharacter),
            ("a@c.de\r\nBcc: x@y.de", .invisibleCharacter), ("a\u{0}@c.de", .invisibleCharacter),
            ("a\u{200B}@c.de", .invisibleCharacter), ("a\u{202E}@c.de", .invisibleCharacter),
            // A wide @ and the sign "account of" fold to what must not be there.
            ("a＠b@c.de", .notOneAt), ("a@b℀c.de", .invalidDomain),
        ] as [(String, EmailAddressError)])
    func everythingElseIsRefused(text: String, error: EmailAddressError) {
        #expect(throws: error) { try EmailAddress(text) }
    }

    @Test func lengthsAreThoseOfRFC5321() throws {
        let local = String(repeating: "a", count: 64)
        let label = String(repeating: "b", count: 63)
        #expect(throws: EmailAddressError.localPartTooLong) { try EmailAddress("a\(local)@b.de") }
        #expect(throws: EmailAddressError.invalidDomain) { try EmailAddress("a@b\(label).de") }
        let longest = "\(local)@\(label).\(label).\(String(repeating: "c", count: 61))"
        #expect(longest.utf8.count == 254)
        #expect(try EmailAddress(longest).text == longest)
        #expect(throws: EmailAddressError.tooLong) { try EmailAddress("\(longest)c") }
    }

    @Test func addressesAreEqualByKey() throws {
        let first = try EmailAddress("Anna@Example.org")
        let second = try EmailAddress("anna@example.ORG")
        #expect(first == second)
        #expect(Set([first, second]).count == 1)
        #expect(try first != EmailAddress("anne@example.org"))
    }

    @Test func jsonIsTheTextAsGiven() throws {
        let data = Data(#"["Anna@Example.org"]"#.utf8)
        let addresses = try JSONDecoder().decode([EmailAddress].self, from: data)
        #expect(try JSONEncoder().encode(addresses) == data)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([EmailAddress].self, from: Data(#"["anna"]"#.utf8))
        }
    }
}
