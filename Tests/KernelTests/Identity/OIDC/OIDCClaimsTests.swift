import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What an ID token must say; times are counted from ``TestClock/start``, when the user was sent to the provider.
struct OIDCClaimsTests {
    private static let start = TestClock.start.seconds

    private static func expectation(after seconds: Int64 = 60) -> OIDCClaims.Expectation {
        .init(
            issuer: "https://id.example", clientID: "school", nonce: "n-0S6_WzA2Mj", sentAt: TestClock.start,
            now: TestClock.start.adding(seconds: seconds))
    }

    private static func time(_ seconds: Int64) -> JSON { .number(JSONNumber(Int(Self.start + seconds))) }

    /// A sound token, changed; a `nil` takes a claim away.
    private static func claims(_ changes: [(String, JSON?)] = []) -> JSON {
        var all: [(String, JSON)] = [
            ("iss", "https://id.example"), ("aud", "school"), ("sub", "248289761001"), ("nonce", "n-0S6_WzA2Mj"),
            ("iat", Self.time(30)), ("exp", Self.time(330)),
        ]
        for (name, value) in changes {
            all.removeAll { $0.0 == name }
            if let value { all.append((name, value)) }
        }
        return .object(JSONObject(all))
    }

    private static func reason(_ changes: [(String, JSON?)], after seconds: Int64 = 60) -> String? {
        do throws(OIDCRefusal) {
            _ = try OIDCClaims(Self.claims(changes), expecting: Self.expectation(after: seconds))
            return nil
        } catch {
            return error.reason
        }
    }

    @Test
    func soundOnesNameTheSubject() throws {
        let claims = try OIDCClaims(Self.claims(), expecting: Self.expectation())

        #expect(claims.subject == "248289761001")
        #expect(claims.verifiedEmail == nil)
    }

    @Test(
        "v5.0.0-10.5.3 the issuer must be the very one",
        arguments: [
            "https://id.example/", "https://ID.example", "http://id.example", "https://id.example.evil.example", "",
            "https://id.exampl\u{65}\u{301}", nil,
        ])
    func theIssuerMustBeTheVeryOne(issuer: String?) {
        #expect(Self.reason([("iss", issuer.map { .string($0) })]) == "wrong_issuer")
    }

    @Test(
        "v5.0.0-9.2.3 v5.0.0-10.5.4 the audience must be this client",
        arguments: [
            (["aud": "school"], nil), (["aud": ["school"]], nil), (["aud": "bank"], "wrong_audience"),
            (["aud": ["bank"]], "wrong_audience"), (["aud": "School"], "wrong_audience"),
            (["aud": []], "wrong_audience"),
            (["aud": 1], "no_audience"), (["aud": nil], "no_audience"),
            (["aud": ["bank", "school"]], "wrong_party"), (["aud": ["bank", "school"], "azp": "school"], nil),
            (["aud": ["bank", "school"], "azp": "bank"], "wrong_party"), (["azp": "bank"], "wrong_party"),
            (["azp": "school"], nil), (["azp": 1], "wrong_party"),
        ] as [([String: JSON?], String?)])
    func theAudienceMustBeThisClient(changes: [String: JSON?], reason: String?) {
        #expect(Self.reason(changes.map { ($0.key, $0.value) }) == reason)
    }

    @Test("v5.0.0-10.5.1 the nonce must be that of the try", arguments: ["n-0S6_WzA2Mk", "", nil, "n-0S6_WzA2Mj "])
    func theNonceMustBeThatOfTheTry(nonce: String?) {
        #expect(Self.reason([("nonce", nonce.map { .string($0) })]) == "wrong_nonce")
    }

    @Test(
        "v5.0.0-9.2.1 times must be right, thirty seconds more or less",
        arguments: [
            (["exp": Self.time(31)], nil), (["exp": Self.time(30)], "expired"), (["exp": nil], "expired"),
            (["exp": "never"], "expired"), (["iat": Self.time(90)], nil),
            (["iat": Self.time(91)], "issued_in_the_future"),
            (["iat": nil], "issued_in_the_future"), (["iat": Self.time(-30)], nil),
            (["iat": Self.time(-31)], "issued_too_early"), (["nbf": Self.time(90)], nil),
            (["nbf": Self.time(91)], "not_valid_yet"), (["nbf": "soon"], "not_valid_yet"),
        ] as [([String: JSON?], String?)])
    func timesMustBeRight(changes: [String: JSON?], reason: String?) {
        #expect(Self.reason(changes.map { ($0.key, $0.value) }) == reason)
    }

    @Test(arguments: [nil, "", 5, .string(String(repeating: "x", count: 256)), "a\u{0}b", "\u{e9}"] as [JSON?])
    func theSubjectMustBeOne(subject: JSON?) {
        #expect(Self.reason([("sub", subject)]) == "no_subject")
    }

    @Test(
        arguments: [
            (true, "anna@example.org"), (false, nil), ("true", nil), (1, nil), (nil, nil),
        ] as [(JSON?, String?)])
    func anAddressCountsOnlyWhereItIsVerified(verified: JSON?, address: String?) throws {
        let claims = Self.claims([("email", "anna@example.org"), ("email_verified", verified)])

        #expect(try OIDCClaims(claims, expecting: Self.expectation()).verifiedEmail?.text == address)
    }

    /// Keys fold letters that look alike; whoever has one mailbox has not shown to have the other.
    @Test(arguments: [
        ("Anna@Example.org", "Anna@Example.org"), ("\u{FF41}nna@example.org", nil), ("anna@e\u{17F}ample.org", nil),
        ("anna\u{212A}@example.org", nil), ("anna@example.org ", nil), ("anna", nil), ("", nil),
    ])
    func anAddressThatOnlyFoldsToAnotherIsNone(written: String, taken: String?) throws {
        let claims = Self.claims([("email", .string(written)), ("email_verified", true)])

        #expect(try OIDCClaims(claims, expecting: Self.expectation()).verifiedEmail?.text == taken)
    }

    @Test
    func namesAreTakenAsFarAsTheyCanBeShown() throws {
        let sound = try OIDCClaims(
            Self.claims([("given_name", "Zoë"), ("family_name", "O'Neil"), ("locale", "de-at")]),
            expecting: Self.expectation())
        let odd = try OIDCClaims(
            Self.claims([
                ("given_name", "a\u{202E}b"), ("family_name", .string(String(repeating: "x", count: 201))),
                ("locale", "<>"),
            ]), expecting: Self.expectation())

        #expect([sound.givenName, sound.familyName, sound.locale] == ["Zoë", "O'Neil", "de-AT"])
        #expect([odd.givenName, odd.familyName, odd.locale] == ["", "", nil])
    }
}
