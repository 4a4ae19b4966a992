public import AlmanacKernel
public import AlmanacMail

extension Manifest {
    /// Where mails go.
    public enum Mail: Sendable {
        /// To a mail server.
        case smtp(SMTPTransport.Configuration)
        /// Into a folder, for development.
        case folder(path: String, sender: Mailbox, replyTo: Mailbox?)

        /// Where mails go, without who signs in there.
        public var summary: String {
            switch self {
            case .smtp(let server): "\(server.url), from \(server.sender)"
            case .folder(let path, let sender, _): "\(path), from \(sender)"
            }
        }

        /// Takes mails there; connects to nothing before the first one.
        public var transport: any MailTransport {
            switch self {
            case .smtp(let server): SMTPTransport(server)
            case .folder(let path, let sender, let replyTo):
                FolderTransport(folder: path, sender: sender, replyTo: replyTo)
            }
        }
    }
}

/// The section `mail` as it is written.
struct MailSection: PluginSettings {
    let mail: Manifest.Mail

    init(from read: inout SettingsReader) throws {
        let url: SMTPURL? = read.optional(
            "url",
            "Mail server, as smtp://mail.example:587; a password in it must come from ${env:NAME} or ${file:PATH}")
        let folder: ManifestPath? = read.optional(
            "folder", "Folder into which mails are put as files instead, for development")
        let sender: Mailbox = read("from", "From whom mails come, as School <office@school.example>")
        let replyTo: Mailbox? = read.optional("replyTo", "Where answers go; to the sender if it is left out")
        let tls: SMTPTransport.Configuration.Encryption = read(
            "tls", "Whether an smtp server must encrypt; none is for servers on this machine", default: .required)
        let certificates: ManifestPath? = read.optional(
            "certificates", "File (PEM) to check the server's certificate against; the system's if it is left out")
        let timeout = read("timeoutSeconds", "Seconds within which a mail must be taken", in: 1...60, default: 30)
        read.check("url", "and mail.folder cannot stand together: a mail goes one way", url == nil || folder == nil)
        read.check("url", "is missing (or a folder, for development)", url != nil || folder != nil)
        if let url, tls == .none, !url.isLoopback {
            read.check("tls", "must not be none where a password goes over a network", url.user == nil)
        }
        if let url {
            var server = SMTPTransport.Configuration(url: url, sender: sender, replyTo: replyTo, encryption: tls)
            server.certificates = certificates?.path
            server.timeoutSeconds = timeout
            self.mail = .smtp(server)
        } else {
            self.mail = .folder(path: folder?.path ?? ".", sender: sender, replyTo: replyTo)
        }
    }
}

extension SMTPTransport.Configuration.Encryption: SettingValue {}

extension Mailbox: SettingValue {
    /// An address that receives nothing.
    public static var placeholder: Mailbox { Self(EmailAddress.placeholder) }

    /// A text.
    public static var settingType: SettingType { .text() }

    /// The name with the address.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.description))) }

    /// Takes a name with an address, or an address.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a name with an address, as School <office@school.example>"
        guard let mailbox = Self(try node.text(expected: expected)) else {
            throw SettingMismatch(expected: expected, found: node)
        }
        self = mailbox
    }
}

extension SMTPURL: SettingValue {
    /// The mail server of this machine.
    public static var placeholder: SMTPURL { Self(local: .smtp) }

    /// A URI.
    public static var settingType: SettingType { .text(format: "uri") }

    /// The address without who signs in.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.description))) }

    /// Takes an address in which no password is written out.
    public init(setting node: SettingsNode) throws(SettingMismatch) { try self.init(address: node) }
}

extension SMTPURL: ServerAddressSetting {
    static var expectedAddress: String { "an address such as smtp://user@mail.example:587" }
    static var variable: String { "SMTP_URL" }

    static func passwords(in text: String) -> [String] { Self.writtenPassword(in: text).map { [$0] } ?? [] }
}
