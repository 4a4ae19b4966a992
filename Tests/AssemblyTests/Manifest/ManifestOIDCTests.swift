import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestOIDCTests {
    private static func folder(_ provider: String, pages: String = "https://book.example/") throws -> ManifestFolder {
        try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                "oidc:\n  publicURL: \(pages)\n  providers:\n    work: \(provider)\n")
        ])
    }

    @Test
    func areNoneUnlessStated() throws {
        #expect(try ManifestFolder(["plugins.yaml": ManifestText.complete()]).load().oidc == nil)
    }

    @Test
    func areWhatIsStated() throws {
        let folder = try Self.folder(
            #"{name: Work, issuer: "https://id.example/", clientID: school, clientSecret: "${env:S}", makeAccounts: true, "#
                + "scopes: [email, profile]}")
        let provider = try #require(try folder.load(environment: ["S": "hunter2"]).oidc?.providers.first)

        #expect(
            provider
                == OIDCProvider(
                    id: "work", name: "Work", issuer: "https://id.example/", clientID: "school",
                    clientSecret: Secret("hunter2"), scopes: ["email", "profile"], makesAccounts: true,
                    redirectURI: "https://book.example/auth/oidc/work/callback"))
    }

    @Test
    func makeNoAccountsUnlessToldTo() throws {
        let provider = try Self.folder(#"{issuer: "https://id.example", clientID: school}"#).load().oidc?.providers
            .first

        #expect(provider?.makesAccounts == false)
        #expect(provider?.name == "work")
        #expect(provider?.scopes == [])
    }

    @Test
    func makeAccountsOnlyWhereSomebodyMayHaveOne() throws {
        let provider =
            "oidc:\n  publicURL: https://book.example\n  providers:\n    work: {issuer: \"https://id.example\", "
            + "clientID: school, makeAccounts: true}\n"
        func folder(_ registration: String) throws -> ManifestFolder {
            try ManifestFolder([
                "plugins.yaml": ManifestText.complete("accounts: {registration: \(registration)}\n\(provider)")
            ])
        }
        #expect(try folder("invitation").load().oidc?.providers.first?.scopes == ["email", "profile"])
        let complaints = try folder("closed").complaints()
        #expect(complaints.count == 1, "\(complaints)")
        #expect(complaints.first?.contains("where accounts.registration is closed") == true, "\(complaints)")
    }

    @Test(arguments: [
        (#"{issuer: "http://id.example", clientID: x}"#, "use https, except on this machine"),
        (#"{issuer: "https://u:p@id.example", clientID: x}"#, "an address such as https://accounts.example.com"),
        (#"{issuer: "https://id.example?x=y", clientID: x}"#, "an address such as https://accounts.example.com"),
        (#"{issuer: "id.example", clientID: x}"#, "an address such as https://accounts.example.com"),
        (#"{issuer: "https://id.example", clientID: x, clientSecret: hunter2}"#, "is a secret and must not stand in"),
        (#"{issuer: "https://id.example"}"#, "oidc.providers.work.clientID is missing"),
        (#"{issuer: "https://id.example", clientID: ""}"#, "oidc.providers.work.clientID must not be empty"),
        (#"{issuer: "https://id.example", clientID: x, scopes: ["a b"]}"#, "expected a scope such as email"),
        (
            #"{issuer: "https://id.example", clientID: x, makeAccounts: true, scopes: [profile]}"#,
            "must hold email where accounts are made"
        ),
        (
            "{issuer: \"https://id.example\", clientID: x}\n    copy: {issuer: \"https://id.example\", clientID: y}",
            "must not hold one issuer twice"
        ),
    ])
    func refusesNonsense(provider: String, complaint: String) throws {
        let complaints = try Self.folder(provider).complaints()

        #expect(complaints.count == 1, "\(complaints)")
        #expect(complaints.first?.contains(complaint) == true, "\(complaints)")
        #expect(!complaints.joined().contains("hunter2"))
    }

    @Test(arguments: ["http://book.example", "book.example", "https://book.example/#x"])
    func needsPagesThatAreSafe(pages: String) throws {
        let folder = try Self.folder(#"{issuer: "https://id.example", clientID: school}"#, pages: pages)

        #expect(folder.complaints().count == 1)
    }

    @Test
    func sendsPeopleBackToThePagesOfAccountsUnlessItHasItsOwn() throws {
        let provider = "  providers:\n    work: {issuer: \"https://id.example\", clientID: school}\n"
        func folder(_ rest: String, own: String = "") throws -> ManifestFolder {
            try ManifestFolder(["plugins.yaml": ManifestText.complete("\(rest)oidc:\n\(own)\(provider)")])
        }
        let accounts = "accounts: {publicURL: https://book.example/}\n"
        let shared = try folder(accounts).load().oidc?.providers.first
        let own = try folder(accounts, own: "  publicURL: https://in.example\n").load().oidc?.providers.first
        let neither = try folder("").complaints()

        #expect(shared?.redirectURI == "https://book.example/auth/oidc/work/callback")
        #expect(own?.redirectURI == "https://in.example/auth/oidc/work/callback")
        #expect(neither.count == 1, "\(neither)")
        #expect(neither.first?.contains("oidc needs accounts.publicURL") == true, "\(neither)")
    }
}
