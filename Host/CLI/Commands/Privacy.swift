internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser
internal import Foundation

/// What is kept about people.
struct Privacy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give people the data that is kept about them, or erase it.",
        subcommands: [Export.self, Erase.self])

    /// Prints everything that is kept about somebody.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print everything that is kept about a person, as JSON.",
            discussion: "Runs over what the kernel and every linked plugin declare as personal data.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "An e-mail address, or the id of a person or user.")
        var user: String

        func run() async throws {
            try await self.manifest.withDeployment(for: "privacy export") { deployment, _ in
                try await deployment.requireMigrated()
                let call = try await Privacy.call(deployment)
                let person = try await Privacy.person(meaning: self.user, deployment, call)
                let runtime = deployment.runtime
                let document = try await runtime.invoker.run(runtime.privacy.export, of: .kernel, person, as: call)
                Terminal.print(document.indented)
            }
        }
    }

    /// Erases somebody.
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase a person, for ever: what is kept about them is emptied or removed.",
            discussion: """
                Bookings, sums and dates stay, without the person. Backups made before still hold them. Audit entries \
                stay and name the person by id; from where the person called, nobody can read in them any more, but \
                in those that were written before addresses were sealed (version 3 and before).
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Argument(help: "An e-mail address, or the id of a person or user.")
        var user: String
        @Flag(help: "Erase; without it the person is only named.")
        var yes = false

        func run() async throws {
            try await self.manifest.withDeployment(for: "privacy erase") { deployment, _ in
                try await deployment.requireMigrated()
                let call = try await Privacy.call(deployment)
                let person = try await Privacy.person(meaning: self.user, deployment, call)
                guard self.yes else {
                    throw CommandFailure(
                        "almanac: this would erase the person \(person) for ever. Look at what there is with "
                            + "`almanac privacy export \(person)`, then say --yes", status: .misused)
                }
                let runtime = deployment.runtime
                let erased = try await runtime.invoker.run(runtime.privacy.erase, of: .kernel, person, as: call)
                self.show(erased, person)
            }
        }

        private func show(_ erased: AlmanacKernel.Privacy.Erased, _ person: ID<Person>) {
            let rows = erased.rows.sorted { $0.key < $1.key }
            switch self.output.format {
            case .text:
                Terminal.print("erased the person \(person)")
                for (table, count) in rows { Terminal.print("  \(table): \(count) \(count == 1 ? "row" : "rows")") }
                Terminal.print(
                    erased.erasesUser
                        ? "  the account to sign in is gone"
                        : "  no account was erased: there is none, or it belongs to another organization too")
            case .json:
                let counts = rows.map { ($0.key, JSON.number(JSONNumber($0.value))) }
                let result: JSON = [
                    "person": .string("\(person)"), "rows": .object(JSONObject(counts)),
                    "userErased": .bool(erased.erasesUser),
                ]
                Terminal.print(json: result.serialized)
            }
        }
    }

    private static func call(_ deployment: Deployment) async throws -> Call {
        Call(
            organization: try await deployment.organization().id, principal: .system("privacy"), origin: Origin(.cli))
    }

    /// The one person that a text means.
    private static func person(
        meaning text: String, _ deployment: Deployment, _ call: Call
    ) async throws -> ID<Person> {
        let found = try await deployment.runtime.invoker.run(
            AlmanacKernel.Privacy.find, of: .kernel, text, as: call)
        guard let person = found.first else { throw Refusal.notFound("person: \(text)") }
        guard found.count == 1 else {
            throw CommandFailure(
                "almanac: several people have this address; name one by id: "
                    + found.map(\.description).joined(separator: ", "), status: .misused)
        }
        return person
    }
}
