internal import AlmanacAssembly
internal import AlmanacKernel
internal import ArgumentParser

extension User {
    /// Lets somebody sign in again who has lost their second factor.
    struct RemoveFactor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-factor",
            abstract: "Remove the second factor of a user who has lost it, and end their sessions.",
            discussion: """
                Make sure by other means that it is really the user who asks: afterwards their password alone opens \
                their account, in every organization. There is no such operation over HTTP.
                """)
        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The user: the address to sign in with, or the id.")
        var user: String

        func run() async throws {
            let text = self.user
            let name = try await self.manifest.withDeployment(for: "user remove-factor") { deployment, _ in
                try await deployment.requireMigrated()
                let explainer = deployment.runtime.access.explainer
                let organization = try await deployment.organization().id
                let find = Query<Void, Member>("kernel.user.find", .everyone) { _, _, tx in
                    try explainer.member(text, in: tx)
                }
                let actor = "user-remove-factor"
                let call = Call(organization: organization, principal: .system(actor), origin: Origin(.cli))
                let member = try await deployment.runtime.invoker.run(find, of: "kernel", (), as: call)
                try await deployment.runtime.identity.secondFactors.removeLost(
                    of: member.user, in: organization, by: "system:\(actor)")
                return member.name
            }
            Terminal.print("\(name) signs in with the password alone now, until they add an authenticator app again.")
        }
    }
}
