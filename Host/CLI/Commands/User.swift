internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser
internal import Foundation

/// Users of a deployment.
struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manage who can sign in.",
        subcommands: [Create.self, List.self, Disable.self, Enable.self, Roles.self, RemoveFactor.self])

    /// Makes a user who can sign in.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user who can sign in.",
            discussion: """
                Somebody who has an account already keeps their password and gets the role. A person with this address \
                becomes the user's; otherwise one is made.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Option(help: "The e-mail address to sign in with.", transform: Self.readEmail)
        var email: EmailAddress
        @Option(help: "What the user is: admin, provider, customer, or a role of your own.", transform: Self.readRole)
        var role: Role
        @Flag(help: "Read the password from standard input; there is no other way to give it.")
        var passwordStdin = false

        func validate() throws {
            guard self.passwordStdin else {
                throw ValidationError("Say --password-stdin and give the password on standard input.")
            }
        }

        func run() async throws {
            let password = try Self.readPassword()
            try await self.manifest.withDeployment(for: "user create") { deployment, _ in
                try await deployment.requireMigrated()
                let organization = try await deployment.organization()
                let (id, isNew) = try await deployment.runtime.identity.createUser(
                    email: self.email, password: password, role: self.role, in: organization.id,
                    actor: .system("user-create"), origin: Origin(.cli))
                self.show(id, isNew, organization)
            }
        }

        private func show(_ id: ID<AlmanacKernel.User>, _ isNew: Bool, _ organization: Organization) {
            switch self.output.format {
            case .text:
                let what = isNew ? "made" : "already there, with the password as it was:"
                Terminal.print("\(what) \(self.email.text), \(self.role) of \(organization.slug), \(id)")
            case .json:
                let result: JSON = [
                    "id": .string("\(id)"), "email": .string(self.email.text), "role": .string(self.role.name),
                    "organization": .string(organization.slug), "created": .bool(isNew),
                ]
                Terminal.print(json: result.serialized)
            }
        }

        private static func readEmail(_ text: String) throws -> EmailAddress {
            do {
                return try EmailAddress(text)
            } catch {
                throw ValidationError("\(error)")
            }
        }

        private static func readRole(_ text: String) throws -> Role {
            let role = Role(text)
            guard role.isWellFormed else {
                throw ValidationError(
                    "expected \(Role.builtIn.map(\.name).joined(separator: ", ")), or a role of the organization's own")
            }
            return role
        }

        /// The standard input without its last line break.
        private static func readPassword() throws -> String {
            // More than any password may have, so that a longer one is refused and not cut.
            let data = try FileHandle.standardInput.read(upToCount: 4_096) ?? Data()
            guard var text = String(validating: data, as: UTF8.self) else {
                throw CommandFailure("almanac: the password on standard input is not UTF-8 text", status: .misused)
            }
            if text.last?.isNewline == true { text.removeLast() }
            do {
                try PasswordRule.check(text)
            } catch let refusal as Refusal {
                throw CommandFailure("almanac: \(refusal.message)", status: .misused)
            }
            return text
        }
    }
}
