internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension User {
    /// A user of the manifest's organization, and how the command talks about them.
    struct Choice: ParsableArguments {
        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Argument(help: "The user: the address to sign in with, or the id.")
        var user: String

        /// Changes the user and shows them as they are then.
        func change(
            _ name: String, _ body: @escaping @Sendable (Members, ID<AlmanacKernel.User>, Transaction) throws -> Member
        ) async throws {
            let text = self.user
            let member = try await self.manifest.withDeployment(for: "user \(name)") { deployment, _ in
                try await deployment.requireMigrated()
                let access = deployment.runtime.access
                let command = Command<Void, Member>("kernel.user.\(name)", .everyone) { _, _, tx in
                    try body(access.members, try access.explainer.member(text, in: tx.reading).user, tx)
                }
                let call = Call(
                    organization: try await deployment.organization().id, principal: .system("user-\(name)"),
                    origin: Origin(.cli))
                return try await deployment.runtime.invoker.run(command, of: "kernel", (), as: call)
            }
            User.show([member], as: self.output.format)
        }
    }

    /// Lists users.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List who can sign in.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Option(help: "Only those whose name or address contains this.")
        var search = ""
        @Option(help: "Only those with this role.")
        var role: String?

        func run() async throws {
            var query = MemberQuery()
            query.text = self.search
            query.role = self.role.map { Role($0) }
            let wanted = query
            let found = try await self.manifest.withDeployment(for: "user list") { deployment, _ in
                try await deployment.requireMigrated()
                let members = deployment.runtime.access.members
                let call = Call(
                    organization: try await deployment.organization().id, principal: .system("user-list"),
                    origin: Origin(.cli))
                let list = Query<Void, [Member]>("kernel.user.list", .everyone) { _, _, tx in
                    try members.list(wanted, after: nil, limit: 10_000, in: tx)
                }
                return try await deployment.runtime.invoker.run(list, of: "kernel", (), as: call)
            }
            User.show(found, as: self.output.format)
        }
    }

    /// Keeps a user out.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a user out of the organization and end their sessions there.")
        @OptionGroup var choice: Choice

        func run() async throws {
            try await self.choice.change("disable") { members, user, tx in
                try members.setDisabled(true, user, in: tx)
            }
        }
    }

    /// Lets a user in again.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled user sign in again.")
        @OptionGroup var choice: Choice

        func run() async throws {
            try await self.choice.change("enable") { members, user, tx in
                try members.setDisabled(false, user, in: tx)
            }
        }
    }

    /// Gives a user roles.
    struct Roles: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user exactly these roles.",
            discussion: "The way back in when nobody is left who may give roles in the console.")
        @OptionGroup var choice: Choice
        @Option(name: .customLong("role"), help: "A role; say it once for each.")
        var roles: [String] = []

        func run() async throws {
            let roles = self.roles.map { Role($0) }
            try await self.choice.change("roles") { members, user, tx in try members.setRoles(roles, user, in: tx) }
        }
    }

    static func show(_ members: [Member], as format: OutputFormat) {
        switch format {
        case .text:
            for member in members {
                let roles = member.roles.map(\.name).joined(separator: ",")
                let status = member.disabledAt == nil ? "active" : "disabled"
                Terminal.print("\(member.user)  \(member.email)  \(roles.isEmpty ? "-" : roles)  \(status)")
            }
        case .json:
            let list = members.map { member -> JSON in
                [
                    "id": .string("\(member.user)"), "email": .string(member.email), "name": .string(member.name),
                    "roles": .array(member.roles.map { .string($0.name) }),
                    "status": .string(member.disabledAt == nil ? "active" : "disabled"),
                ]
            }
            Terminal.print(json: JSON.object(["users": .array(list)]).serialized)
        }
    }
}
