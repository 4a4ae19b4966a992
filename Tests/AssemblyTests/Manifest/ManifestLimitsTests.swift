import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import Testing

struct ManifestLimitsTests {
    private static func limits(_ rest: String) throws -> RateLimits {
        try ManifestFolder(["plugins.yaml": ManifestText.complete(rest)]).load().limits.rates
    }

    private static func rate(_ requests: Int, _ seconds: Int, burst: Int? = nil) throws -> RateLimit {
        try #require(RateLimit(requests: requests, seconds: seconds, burst: burst))
    }

    @Test(arguments: ["", "limits: {}\n", "limits:\n", "limits: {login: {}, reads: {}}\n"])
    func areTheUsualOnesUnlessStated(rest: String) throws {
        #expect(try Self.limits(rest) == .standard)
    }

    @Test func areWhatIsStated() throws {
        let limits = try Self.limits(
            """
            limits:
              login: {perIdentifier: 5/hour, perAddress: unlimited}
              reads: {perUser: 600/minute burst 1200, perKey: 60/minute, perAddress: 100/second}
              writes:
                perUser: 60/minute
                perRole: {front-office: 2000/day, admin: unlimited}
              public: {perAddress: 30/minute}
              reset: {perIdentifier: 3/day}
              payment: {perUser: 4/hour, perRole: {admin: unlimited}, perAddress: 6/day}
            """)

        #expect(limits[.login] == .init(perIdentifier: try Self.rate(5, 3_600)))
        #expect(
            limits[.reads]
                == .init(
                    perUser: try Self.rate(600, 60, burst: 1_200), perKey: try Self.rate(60, 60),
                    perAddress: try Self.rate(100, 1)))
        #expect(
            limits[.writes]
                == .init(
                    perUser: try Self.rate(60, 60),
                    perRole: [.init(Role("front-office"), try Self.rate(2_000, 86_400)), .init(.admin, nil)]))
        #expect(limits[.public] == .init(perAddress: try Self.rate(30, 60)))
        #expect(
            limits[.reset]
                == .init(perAddress: RateLimits.standard[.reset].perAddress, perIdentifier: try Self.rate(3, 86_400)))
        #expect(
            limits[.payment]
                == .init(
                    perUser: try Self.rate(4, 3_600), perRole: [.init(.admin, nil)],
                    perAddress: try Self.rate(6, 86_400)))
    }

    @Test func areDocumentedAsTheyAreWritten() throws {
        let limits = try ManifestSchema.json(plugins: [])["properties"]?["limits"]?["anyOf"]?[0]?["properties"]
        let text = try #require(limits?["login"]?.text)

        #expect(limits?["reset"]?.text.contains(#""default":"30/hour burst 10""#) == true)
        #expect(limits?["payment"]?.text.contains(#""default":"20/minute""#) == true)
        #expect(text.contains(#""default":"10/minute""#))
        #expect(text.contains(#""default":"60/minute burst 300""#))
    }

    @Test func leaveTheOthersAsTheyUsuallyAre() throws {
        let login = try Self.limits("limits: {login: {perAddress: 5/day}}\n")[.login]

        #expect(login.perAddress == RateLimit(requests: 5, seconds: 86_400))
        #expect(login.perIdentifier == RateLimits.standard[.login].perIdentifier)
    }

    private static let expected =
        "expected how many a second, minute, hour or day, as 10/minute, with what may come at once, as "
        + "60/minute burst 300; or unlimited, got"

    @Test(arguments: [
        ("{login: {perAddress: 10}}", "limits.login.perAddress: \(Self.expected) \"10\""),
        ("{login: {perAddress: 10/fortnight}}", "limits.login.perAddress: \(Self.expected) \"10/fortnight\""),
        (
            "{login: {perAddress: 10/minutes}}",
            "limits.login.perAddress: \(Self.expected) \"10/minutes\"; did you mean minute?"
        ),
        ("{login: {perAddress: -1/minute}}", "limits.login.perAddress: \(Self.expected) \"-1/minute\""),
        ("{login: {perAddress: 010/minute}}", "limits.login.perAddress: \(Self.expected) \"010/minute\""),
        ("{login: {perAddress: 1.5/minute}}", "limits.login.perAddress: \(Self.expected) \"1.5/minute\""),
        ("{login: {perAddress: 10/minute burst}}", "limits.login.perAddress: \(Self.expected) \"10/minute burst\""),
        ("{login: {perAddress: [10/minute]}}", "limits.login.perAddress: \(Self.expected) a list"),
        (
            "{login: {perAddress: 0/minute}}",
            "limits.login.perAddress: 0 would let nobody through; write a number from 1"
        ),
        (
            "{login: {perAddress: 1/minute burst 0}}",
            "limits.login.perAddress: 0 would let nobody through; write a number from 1"
        ),
        (
            "{login: {perAddress: 1000001/minute}}",
            "limits.login.perAddress: 1000001 is more than 1000000; write unlimited where nothing is to be counted"
        ),
        (
            "{login: {perAddress: 99999999999999999999/minute}}",
            "limits.login.perAddress: 99999999999999999999 is more than 1000000; "
                + "write unlimited where nothing is to be counted"
        ),
    ])
    func refuseNonsense(limits: String, complaint: String) throws {
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete("limits: \(limits)\n")])

        #expect(folder.complaints() == ["plugins.yaml:4:30: \(complaint)"])
    }

    @Test func refuseWhatDoesNotExist() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                """
                limits:
                  logn: {perAddress: 10/minute}
                  login: {perUser: 10/minute, perAdress: 10/minute}
                  reads:
                    perRole: {Customer: 10/minute, admin: 5/minute, admin: 6/minute, provider: }
                """)
        ])

        #expect(
            folder.complaints() == [
                "plugins.yaml:5:3: unknown key limits.logn; did you mean login?",
                "plugins.yaml:6:11: unknown key limits.login.perUser",
                "plugins.yaml:6:31: unknown key limits.login.perAdress; did you mean perAddress?",
                "plugins.yaml:8:15: limits.reads.perRole.Customer: expected the name of a role: lower-case letters, digits "
                    + "and hyphens, beginning with a letter, got \"Customer\"; did you mean customer?",
                "plugins.yaml:8:53: limits.reads.perRole.admin stands twice, first at plugins.yaml:8:36; remove one",
                "plugins.yaml:8:70: limits.reads.perRole.provider has no value",
            ])
    }

    // MARK: Proxies

    @Test func proxiesAreNobodyUnlessStated() throws {
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete()])

        #expect(try folder.load().server.trustedProxies.isEmpty)
    }

    @Test func proxiesAreAddressesAndBlocks() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                "server: {trustedProxies: [127.0.0.1, 10.0.0.0/8, \"::1\", \"2001:db8::/32\"]}\n")
        ])

        #expect(
            try folder.load().server.trustedProxies.map(\.description)
                == ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"])
    }

    @Test func proxiesMustBePlain() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                """
                server:
                  trustedProxies:
                    - localhost
                    - 10.1.2.3/8
                    - 0.0.0.0/0
                """)
        ])

        #expect(
            folder.complaints() == [
                "plugins.yaml:6:7: server.trustedProxies[0]: expected an address such as 127.0.0.1 or a block such as "
                    + "10.0.0.0/8, got \"localhost\"",
                "plugins.yaml:7:7: server.trustedProxies[1]: expected a block without bits behind its length, got "
                    + "\"10.1.2.3/8\"; write 10.0.0.0/8",
                "plugins.yaml:8:7: server.trustedProxies[2]: trusting every address would let anybody choose theirs; "
                    + "name the addresses of your proxies",
            ])
    }

    @Test func networksFromWhichIsFetchedArePlain() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete("fetching: {allow: [10.1.2.8, \"fd00::/8\"]}")
        ])
        #expect(try folder.load().fetching.allowed.map(\.description) == ["10.1.2.8", "fd00::/8"])

        let everything = try ManifestFolder(["plugins.yaml": ManifestText.complete("fetching: {allow: [0.0.0.0/0]}")])
        let complaints = everything.complaints()
        #expect(complaints.count == 1)
        #expect(complaints[0].contains("fetching.allow[0]: allowing every address would let anybody reach"))
    }
}
