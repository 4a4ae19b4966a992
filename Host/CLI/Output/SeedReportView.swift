internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// What seeding led to, in words.
struct SeedReportView {
    private let report: SeedReport
    private let vocabulary: Manifest.Vocabulary

    init(_ report: SeedReport, vocabulary: Manifest.Vocabulary) {
        self.report = report
        self.vocabulary = vocabulary
    }

    /// For people.
    var text: String {
        var lines: [String] = []
        if self.report.didImport {
            lines += self.report.counts.map { count in
                "\(count.kind): \(count.created) new, \(count.updated) changed, \(count.unchanged) as they were"
            }
        } else {
            lines.append("The demo data is there already; it was left as it is.")
        }
        if self.report.skippedAccounts > 0 {
            lines.append(
                "accounts.csv: left alone, because a password never stands in a file; "
                    + "make each account by `almanac user create`")
        }
        return (lines + self.accounts).joined(separator: "\n")
    }

    /// How to sign in, a line an account.
    var accounts: [String] {
        guard !self.report.accounts.isEmpty else { return [] }
        let rows = self.report.accounts.map { account in
            [self.word(for: account.role), account.email, account.passphrase ?? "(the passphrase is not known here)"]
        }
        let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            "  \(Self.padded(row[0], to: widths[0]))  \(Self.padded(row[1], to: widths[1]))  \(row[2])"
        }
        let place = self.report.passphraseFile.map { ["These passphrases are kept in \($0)."] } ?? []
        return ["Sign in as"] + lines + place
    }

    /// For programs.
    var json: JSON {
        let counts = self.report.counts.map { count -> JSON in
            [
                "kind": .string(count.kind), "created": .number(JSONNumber(count.created)),
                "updated": .number(JSONNumber(count.updated)), "unchanged": .number(JSONNumber(count.unchanged)),
            ]
        }
        let accounts = self.report.accounts.map { account -> JSON in
            [
                "email": .string(account.email), "role": .string(account.role.name),
                "password": account.passphrase.map { .string($0) } ?? .null,
            ]
        }
        return [
            "imported": .bool(self.report.didImport), "counts": .array(counts), "accounts": .array(accounts),
            "accountsSkipped": .number(JSONNumber(self.report.skippedAccounts)),
        ]
    }

    /// What the trade calls a role.
    private func word(for role: Role) -> String {
        switch role {
        case .provider: self.vocabulary.provider.forms(in: "en")?.one ?? role.name
        case .customer: self.vocabulary.customer.forms(in: "en")?.one ?? role.name
        default: role.name
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 0))
    }
}
