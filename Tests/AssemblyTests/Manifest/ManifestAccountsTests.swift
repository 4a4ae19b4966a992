import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import Testing

struct ManifestAccountsTests {
    private static func accounts(_ rest: String) throws -> Manifest.Accounts {
        try ManifestFolder(["plugins.yaml": ManifestText.complete(rest)]).load().accounts
    }

    @Test(arguments: ["", "accounts: {}\n", "accounts:\n", "accounts: {sessions: {}}\n"])
    func areTheUsualOnesUnlessStated(rest: String) throws {
        let accounts = try Self.accounts(rest)
        let usual = Identity.Policy()

        #expect(accounts.policy == AccountPolicy(registration: .open, publicURL: nil))
        #expect(accounts.sessions.accessSeconds == usual.accessSeconds)
        #expect(accounts.sessions.idleSeconds == usual.idleSeconds)
        #expect(accounts.sessions.absoluteSeconds == usual.absoluteSeconds)
        #expect(accounts.sessions.maximumSessions == usual.maximumSessions)
    }

    @Test func areWhatIsStated() throws {
        let accounts = try Self.accounts(
            """
            accounts:
              registration: invitation
              publicURL: https://book.example.org/school/
              sessions: {accessMinutes: 15, idleDays: 7, absoluteDays: 30, maximum: 3}
            """)

        #expect(
            accounts.policy
                == AccountPolicy(registration: .invitation, publicURL: "https://book.example.org/school"))
        #expect(accounts.sessions.accessSeconds == 900)
        #expect(accounts.sessions.idleSeconds == 604_800)
        #expect(accounts.sessions.absoluteSeconds == 2_592_000)
        #expect(accounts.sessions.maximumSessions == 3)
    }

    @Test(arguments: [
        "registration: maybe", "publicURL: book.example.org", "publicURL: http://book.example.org",
        "publicURL: https://a@book.example.org", "publicURL: \"https://book.example.org/#x\"",
        "publicURL: https://book.example.org/?x", "publicURL: \"https://book.example.org/\\n\"", "publicURL: https://",
        "publicURL: ftp://localhost", "sessions: {idleDays: 31, absoluteDays: 30}", "sessions: {maximum: 0}",
        "sessions: {accessMinutes: 1441}", "open: true",
    ])
    func nonsenseIsRefused(section: String) throws {
        #expect(throws: Problems.self) { try Self.accounts("accounts: {\(section)}\n") }
    }

    @Test(arguments: ["http://localhost:8080", "http://127.0.0.1", "https://book.example.org:8443/a/b"])
    func pagesMayBeOnThisMachine(url: String) throws {
        #expect(try Self.accounts("accounts: {publicURL: \"\(url)\"}\n").policy.publicURL == url)
    }
}
