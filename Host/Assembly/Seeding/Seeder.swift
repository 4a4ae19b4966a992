internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Loads CSV files into a deployment: all of them, or nothing.
public struct Seeder: Sendable {
    private let deployment: Deployment
    private let manifestPath: String

    /// - Parameters:
    ///   - deployment: Where to; its schema must be up to date.
    ///   - manifestPath: The file it was made from.
    public init(_ deployment: Deployment, manifestPath: String) {
        self.deployment = deployment
        self.manifestPath = manifestPath
    }

    /// Imports a folder of the operator's.
    ///
    /// A row whose external id is known brings that record up to date. Nobody gets an account, because a password never
    /// stands in a file.
    ///
    /// - Parameter folder: Its path, as messages are to name it.
    /// - Returns: What became of the rows.
    /// - Throws: ``AlmanacSurface/CSVProblems`` with every bad row, ``AlmanacKernel/Problems`` when there is no such
    ///   folder; then nothing was imported.
    public func importFolder(_ folder: String) async throws -> SeedReport {
        let seed = self.seed(makesAccounts: false)
        let files = try SeedFolder.read(folder, known: seed.files)
        let outcome = try await self.run(seed, files)
        var ignored = CSVProblems()
        return SeedReport(
            didImport: true, counts: outcome.counts, accounts: [], passphraseFile: nil,
            skippedAccounts: AccountRow.all(in: files, collecting: &ignored).count)
    }

    /// Imports the manifest's demo folder, unless its accounts are there, makes the accounts, and plays its story.
    ///
    /// Data that was changed since the first time stays as it is.
    ///
    /// - Returns: What became of the rows, and the accounts.
    /// - Throws: As ``importFolder(_:)``; ``AlmanacKernel/Problems`` too when the manifest names no demo folder.
    public func loadDemo() async throws -> SeedReport {
        guard let folder = self.deployment.blueprint.manifest.demo else {
            throw Problems([
                Problem(
                    place: self.manifestPath, message: "names no demo data",
                    advice: "add `demo: FOLDER`, or import your own files by `almanac seed --from FOLDER`")
            ])
        }
        let seed = self.seed(makesAccounts: true)
        let files = try SeedFolder.read(folder, known: seed.files)
        var problems = CSVProblems()
        let rows = AccountRow.all(in: files, collecting: &problems)
        guard problems.isEmpty else { throw problems }
        let present = try await self.deployment.runtime.keysOfUsers(among: rows.map(\.email))
        let isThere = !rows.isEmpty && rows.allSatisfy { present.contains($0.email.key) }
        let outcome = isThere ? SeedCommand.Outcome() : try await self.run(seed, files)
        let report = try await self.report(rows, outcome, present: present, didImport: !isThere)
        if !isThere { try await DemoStory.play(folder, self.deployment, after: report) }
        return report
    }

    private func seed(makesAccounts: Bool) -> SeedCommand {
        let runtime = self.deployment.runtime
        return SeedCommand(
            imports: runtime.platform.graph.contributions(of: DataImport.self), people: runtime.people,
            makesAccounts: makesAccounts)
    }

    private func run(_ seed: SeedCommand, _ files: ImportFolder) async throws -> SeedCommand.Outcome {
        let call = Call(
            organization: try await self.deployment.organization().id, principal: .system("seed"), origin: Origin(.cli))
        return try await self.deployment.runtime.invoker.run(seed.command, of: "kernel", files, as: call)
    }

    /// Makes the accounts that are missing, and tells of all of them.
    private func report(
        _ rows: [AccountRow], _ outcome: SeedCommand.Outcome, present: Set<FoldKey>, didImport: Bool
    ) async throws -> SeedReport {
        let organization = try await self.deployment.organization().id
        let file = PassphraseFile(for: self.deployment.blueprint.manifest, at: self.manifestPath)
        var passphrases = file.read(for: organization)
        let missing = outcome.accounts.filter { !present.contains($0.row.email.key) }
        if !missing.isEmpty {
            for account in missing where passphrases[account.row.email.key] == nil {
                passphrases[account.row.email.key] = Passphrase.draw(self.deployment.runtime.random)
            }
            // Before the accounts: a passphrase that was lost on the way could not be told from its hash.
            try file.write(
                rows.compactMap { row in passphrases[row.email.key].map { (row.email, $0) } }, for: organization)
        }
        try await self.make(missing, passphrases, organization)
        let accounts = rows.map {
            SeedReport.Account(email: $0.email.text, role: $0.role, passphrase: passphrases[$0.email.key])
        }
        let isWritten = accounts.contains { $0.passphrase != nil }
        return SeedReport(
            didImport: didImport, counts: outcome.counts, accounts: accounts,
            passphraseFile: isWritten ? file.path : nil, skippedAccounts: 0)
    }

    private func make(
        _ accounts: [SeedCommand.Account], _ passphrases: [FoldKey: String], _ organization: OrganizationID
    ) async throws {
        for account in accounts {
            guard let passphrase = passphrases[account.row.email.key] else { continue }
            _ = try await self.deployment.runtime.identity.createUser(
                email: account.row.email, password: passphrase, role: account.row.role, in: organization,
                person: account.person, actor: .system("seed"), origin: Origin(.cli))
        }
    }
}
