import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The arithmetic of codes, against the standards' own examples.
struct OneTimeCodeTests {
    /// RFC 6238, appendix B: seconds, and the codes under SHA-1, SHA-256 and SHA-512.
    private static let vectors: [(seconds: Int64, codes: [String])] = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ]

    private static func secret(_ length: Int) -> [UInt8] {
        Array(String(repeating: "1234567890", count: 7).utf8.prefix(length))
    }

    @Test(arguments: Self.vectors)
    func givesTheCodesOfTheStandard(_ seconds: Int64, _ codes: [String]) {
        let step = OneTimeCode.step(at: Instant(seconds: seconds))
        let found = [
            OneTimeCode(secret: Self.secret(20), algorithm: .sha1),
            OneTimeCode(secret: Self.secret(32), algorithm: .sha256),
            OneTimeCode(secret: Self.secret(64), algorithm: .sha512),
        ].map { $0.code(at: step, digits: 8) }

        #expect(found == codes)
        #expect(OneTimeCode(secret: Self.secret(20)).code(at: step) == String(codes[0].suffix(6)))
    }

    @Test("v5.0.0-6.5.5 a code lives for its own period and one on either side")
    func acceptsTheNeighbors() {
        let code = OneTimeCode(secret: Self.secret(20))
        let text = code.code(at: 1_000)
        let steps = (998...1_002).map { step in code.step(of: text, at: Instant(seconds: Int64(step) * 30)) }

        #expect(steps == [nil, 1_000, 1_000, 1_000, nil])
        #expect(code.step(of: text, at: Instant(seconds: 1_001 * 30 + 29)) == 1_000)
        #expect(code.step(of: String(text.dropLast()), at: Instant(seconds: 30_000)) == nil)
        #expect(code.step(of: "", at: Instant(seconds: 30_000)) == nil)
        #expect(code.step(of: text, at: .distantPast) == nil)
        #expect(code.step(of: text, at: .distantFuture) == nil)
    }

    @Test(
        arguments: [
            ("123456", "123456"), (" 123 456 ", "123456"), ("12345", nil), ("1234567", nil), ("12345a", nil),
            ("१२३४५६", nil), ("", nil), ("123456\n", nil),
        ] as [(String, String?)])
    func readsSixDigits(_ text: String, _ digits: String?) {
        #expect(OneTimeCode.digits(in: text) == digits)
    }

    /// RFC 4648 §10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func encodesBase32(_ text: String, _ encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
    }

    @Test func theAddressEscapesWhatNamesHold() {
        let uri = OTPAuthURI.text("Schule: Süd & Co", "a+b@example.org", Array("foobar".utf8))

        #expect(
            uri == "otpauth://totp/Schule%3A%20S%C3%BCd%20%26%20Co:a%2Bb%40example.org?secret=MZXW6YTBOI"
                + "&issuer=Schule%3A%20S%C3%BCd%20%26%20Co&algorithm=SHA1&digits=6&period=30")
    }
}
