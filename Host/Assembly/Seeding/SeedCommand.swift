internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Imports a folder for all plugins in one transaction: all of it, or nothing.
struct SeedCommand: Sendable {
    /// An account whose person is known.
    struct Account: Sendable {
        let row: AccountRow
        let person: ID<Person>
    }

    /// What an import led to.
    struct Outcome: Sendable {
        var counts: [ImportReport.Count] = []
        var accounts: [Account] = []
    }

    /// The imports in the order of the graph.
    let imports: [(owner: PluginID, item: DataImport)]
    let people: People
    /// Whether the rows of `accounts.csv` become people and are looked up; otherwise they are only read.
    let makesAccounts: Bool

    /// The names of all files that somebody reads.
    var files: [String] { self.imports.flatMap(\.item.files) + [AccountRow.file] }

    /// The work as an operation.
    var command: Command<ImportFolder, Outcome> {
        Command("kernel.seed", .signedIn) { folder, call, tx in try self.run(folder, call, tx) }
    }

    private func run(_ folder: ImportFolder, _ call: Call, _ tx: Transaction) throws -> Outcome {
        var problems = CSVProblems()
        var outcome = Outcome()
        for (owner, item) in self.imports where item.files.contains(where: { folder.files[$0] != nil }) {
            do {
                outcome.counts += try item.command.handle(folder, call, tx.entering(owner.namespace)).counts
            } catch let found as CSVProblems {
                problems.append(contentsOf: found)
            }
        }
        let rows = AccountRow.all(in: folder, collecting: &problems)
        // Whose people could not be imported cannot be looked up either: one cause, one message.
        if problems.isEmpty, self.makesAccounts {
            outcome.accounts = try rows.compactMap { try self.account($0, call, tx, &problems) }
        }
        guard problems.isEmpty else { throw problems }
        return outcome
    }

    private func account(
        _ row: AccountRow, _ call: Call, _ tx: Transaction, _ problems: inout CSVProblems
    ) throws -> Account? {
        guard let externalID = row.person else {
            var draft = PersonDraft(givenName: row.givenName, familyName: row.familyName)
            draft.email = row.email
            let externalID = row.email.key.text
            let person = try self.people.import(draft, source: AccountRow.file, externalID: externalID, in: tx).id
            return Account(row: row, person: person)
        }
        let source = row.role == .provider ? ImportSource.providers : ImportSource.customers
        let person = try tx.entering(.kernel).value(
            """
            SELECT id FROM \(Person.table)
            WHERE organization_id = \(call.organization) AND source = \(source) AND external_id = \(externalID)
            """, as: ID<Person>.self)
        guard let person else {
            let reason = "\(source) has no row with the external_id \(externalID.prefix(100))"
            problems.append(row.row.problem("person", reason))
            return nil
        }
        return Account(row: row, person: person)
    }
}
