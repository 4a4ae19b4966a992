internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// Who may do what.
struct Access: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find out who may do what, and why.", subcommands: [Explain.self])

    /// Explains a decision.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell why a user may do something, or may not.",
            discussion: """
                Names the rule that decides: the way from a role of the user's to the one that gives the permission, or \
                the direct grant; and with an object whether it is reached. Exit codes: 0 allowed, 1 denied, 2 the \
                question cannot be answered as it stands.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Argument(help: "The user: the address to sign in with, or the id.")
        var user: String
        @Argument(help: "The permission, as bookings:read.")
        var permission: String
        @Argument(help: "On what, as booking:ID; on anything when left out.")
        var object: String?

        func run() async throws {
            let explanation = try await self.explanation()
            switch self.output.format {
            case .text: Terminal.print(explanation.lines.joined(separator: "\n"))
            case .json: Terminal.print(json: Self.json(explanation).serialized)
            }
            guard explanation.isAllowed else { throw CommandFailure("almanac: denied", status: .failed) }
        }

        private func explanation() async throws -> AccessExplanation {
            try await self.manifest.withDeployment(for: "access explain") { deployment, _ in
                try await deployment.requireMigrated()
                let runtime = deployment.runtime
                let explainer = runtime.access.explainer
                let (user, permission, object) = (self.user, self.permission, self.object)
                let query = Query<Void, AccessExplanation>("access.explain", .everyone) { _, _, tx in
                    let member = try explainer.member(user, in: tx)
                    return try explainer.explain(member.user, permission, on: object, in: tx)
                }
                let call = Call(
                    organization: try await deployment.organization().id, principal: .system("access-explain"),
                    origin: Origin(.cli))
                do {
                    return try await runtime.invoker.run(query, of: "kernel", (), as: call)
                } catch let refusal as Refusal {
                    // Not 1: that says that the user may not.
                    throw CommandFailure("almanac: \(refusal.message)", status: .misused)
                }
            }
        }

        private static func json(_ explanation: AccessExplanation) -> JSON {
            let reasons = explanation.reasons.map { reason -> JSON in
                [
                    "path": .array(reason.path.map { .string($0.name) }), "scope": .string(reason.scope.name),
                    "inForce": .bool(reason.isInForce), "text": .string("\(reason)"),
                ]
            }
            let object = explanation.object.map { object -> JSON in
                ["type": .string(object.type), "id": .string(object.id), "reach": .string(object.reach)]
            }
            return [
                "allowed": .bool(explanation.isAllowed), "user": .string("\(explanation.member.user)"),
                "email": .string(explanation.member.email), "permission": .string(explanation.permission.name),
                "scope": explanation.scope.map { .string($0.name) } ?? .null, "object": object ?? .null,
                "reasons": .array(reasons), "text": .array(explanation.lines.map { .string($0) }),
            ]
        }
    }
}
