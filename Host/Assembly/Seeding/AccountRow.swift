internal import AlmanacKernel
internal import AlmanacSurface

/// A row of `accounts.csv`: somebody who can sign in to the demo.
struct AccountRow: Sendable {
    /// The file that holds them.
    static let file = "accounts.csv"

    let email: EmailAddress
    let role: Role
    /// The external id of the provider or customer whose account it is; `nil` for an administrator.
    let person: String?
    let givenName: String
    let familyName: String
    /// The row, for problems that only the database can tell.
    let row: CSVRow

    /// Reads the file of a folder, if it has one.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - problems: Takes what is wrong.
    /// - Returns: The rows that are right.
    static func all(in folder: ImportFolder, collecting problems: inout CSVProblems) -> [AccountRow] {
        guard let bytes = folder.files[self.file] else { return [] }
        let table = CSVTable(
            parsing: bytes, file: "\(folder.path)/\(self.file)",
            columns: [
                .required("email"), .required("role"), .required("person"), .optional("given_name"),
                .optional("family_name"),
            ])
        var seen: Set<FoldKey> = []
        return table.decode(collecting: &problems) { row in
            guard let account = AccountRow(&row) else { return nil }
            let isNew = seen.insert(account.email.key).inserted
            if !isNew { row.refuse("email", "this address stands in another row already") }
            return account
        }
    }

    private init?(_ row: inout CSVRow) {
        let email = row.value("email", expected: "an e-mail address") { try? EmailAddress($0) }
        let role = row.value("role", expected: "admin, provider or customer") { name in
            Role.builtIn.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
        let person = row.optionalText("person")
        let givenName = row.optionalText("given_name")
        let familyName = row.optionalText("family_name")
        if role == .admin {
            if person != nil { row.refuse("person", "must be empty for an admin") }
            if givenName == nil, familyName == nil { row.refuse("given_name", "an admin needs a name") }
        } else if role != nil, person == nil {
            row.refuse("person", "must name the external_id of the \(role?.name ?? "person")")
        }
        for (column, name) in [("given_name", givenName), ("family_name", familyName)] {
            if let name, name.unicodeScalars.count > 200 { row.refuse(column, "is longer than 200 characters") }
        }
        guard let email, let role else { return nil }
        self.email = email
        self.role = role
        self.person = person
        self.givenName = givenName ?? ""
        self.familyName = familyName ?? ""
        self.row = row
    }
}
