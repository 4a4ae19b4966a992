internal import AlmanacAssembly
internal import AlmanacKernel
internal import ArgumentParser

/// The mails of a deployment.
struct Mail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Look after the mails.", subcommands: [Test.self])

    /// Sends one mail, so that an operator sees whether they arrive.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send one mail the way the manifest says, and tell what became of it.",
            discussion: "Needs no database. Ends with 1 when the mail server does not take the mail.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The e-mail address to send it to.", transform: Self.readEmail)
        var address: EmailAddress

        func run() async throws {
            let deployment = try self.manifest.blueprint().manifest
            guard let mail = deployment.mail else {
                throw CommandFailure(
                    "almanac: \(self.manifest.manifest) has no section `mail`, so no mail is sent", status: .misused)
            }
            let test = OutgoingMail(
                recipient: self.address, subject: "\(deployment.name): a test",
                text: "This mail was sent by `almanac mail test`. Mails of \(deployment.name) arrive.\n",
                kind: "kernel.mail-test")
            do {
                try await mail.transport.send(test)
            } catch let failure as MailDeliveryError {
                throw CommandFailure(
                    "almanac: the mail was not taken by \(mail.summary): \(failure.reason)", status: .failed)
            }
            Terminal.print("taken by \(mail.summary), for \(self.address.text)")
        }

        private static func readEmail(_ text: String) throws -> EmailAddress {
            do {
                return try EmailAddress(text)
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }
}
