import AlmanacAssembly
import AlmanacKernel
import AlmanacMail
import Testing

struct ManifestMailTests {
    private static let sender = #"from: "School <office@school.example>""#
    private static let environment = [
        "SMTP_URL": "smtps://office:hunter2@mail.example", "PASSWORD": "hunter2",
        "CLEAR": "smtp://office:hunter2@mail.example", "LOCAL": "smtp://office:hunter2@127.0.0.1:1025",
        "NONSENSE": "hunter2",
    ]

    private static func folder(_ section: String) throws -> ManifestFolder {
        try ManifestFolder(["plugins.yaml": ManifestText.complete("mail: \(section)\n")])
    }

    private static func server(_ section: String) throws -> SMTPTransport.Configuration {
        let mail = try self.folder(section).load(environment: self.environment).mail
        guard case .smtp(let server) = try #require(mail) else { throw Missing() }
        return server
    }

    private struct Missing: Error {}

    @Test
    func isNowhereUnlessStated() throws {
        #expect(try ManifestFolder(["plugins.yaml": ManifestText.complete()]).load().mail == nil)
    }

    @Test
    func isAServer() throws {
        let server = try Self.server(
            #"{url: "${env:SMTP_URL}", \#(Self.sender), replyTo: desk@school.example, certificates: ca.pem}"#)

        #expect("\(server.url)" == "smtps://mail.example:465")
        #expect(server.url.user == "office")
        #expect(server.url.password?.reveal() == "hunter2")
        #expect(server.sender.name == "School")
        #expect(server.replyTo?.address.text == "desk@school.example")
        #expect(server.encryption == .required)
        #expect(server.certificates?.hasSuffix("/ca.pem") == true)
        #expect(server.timeoutSeconds == 30)
    }

    @Test(arguments: [
        "smtp://localhost:1025", "smtp://mail.example", "smtp://office@mail.example",
        "smtp://office:${env:PASSWORD}@mail.example",
    ])
    func mayBeWrittenOutWithoutAPassword(url: String) throws {
        #expect(try Self.server(#"{url: "\#(url)", \#(Self.sender)}"#).encryption == .required)
    }

    @Test(arguments: [#"{url: "smtp://mail.example", tls: none, "#, #"{url: "${env:LOCAL}", tls: none, "#])
    func mayGoInTheClearWhereNoPasswordIsOnTheWay(section: String) throws {
        #expect(try Self.server("\(section)\(Self.sender)}").encryption == .none)
    }

    @Test
    func isAFolder() throws {
        let mail = try Self.folder("{folder: data/mail, \(Self.sender)}").load().mail
        guard case .folder(let path, let sender, _) = try #require(mail) else { throw Missing() }

        #expect(path.hasSuffix("/data/mail"))
        #expect("\(sender)" == "School <office@school.example>")
    }

    @Test(arguments: [
        (#"{url: "smtp://office:hunter2@mail.example", F}"#, "mail.url: a password must not stand in the manifest"),
        (#"{url: "${env:NONSENSE}", F}"#, "mail.url: expected an address such as smtp://user@mail.example:587"),
        (#"{url: "http://mail.example", F}"#, "mail.url: expected an address such as smtp://user@mail.example:587"),
        ("{F}", "mail.url is missing (or a folder, for development)"),
        (
            #"{url: "smtp://localhost", folder: x, F}"#,
            "mail.url and mail.folder cannot stand together: a mail goes one way"
        ),
        ("{folder: x}", "mail.from is missing (From whom mails come, as School <office@school.example>)"),
        (
            "{folder: x, from: School}",
            "mail.from: expected a name with an address, as School <office@school.example>, got \"School\""
        ),
        (
            #"{url: "${env:CLEAR}", tls: none, F}"#,
            "mail.tls must not be none where a password goes over a network"
        ),
        (#"{url: "smtp://localhost", tls: maybe, F}"#, "mail.tls: expected one of required, none, got \"maybe\""),
    ])
    func refusesNonsense(section: String, complaint: String) throws {
        let written = section.split(separator: "F}", omittingEmptySubsequences: false)
        let folder = try Self.folder(written.count == 2 ? "\(written[0])\(Self.sender)}" : section)
        let complaints = folder.complaints(environment: Self.environment)

        #expect(complaints.count == 1, "\(complaints)")
        #expect(complaints.first?.contains(complaint) == true, "\(complaints)")
        #expect(!complaints.joined().contains("hunter2"))
    }
}
