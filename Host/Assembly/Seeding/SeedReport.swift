public import AlmanacKernel
public import AlmanacSurface

/// What seeding a deployment led to.
public struct SeedReport: Sendable {
    /// Somebody who can sign in to the demo.
    public struct Account: Sendable {
        /// The address to sign in with.
        public let email: String
        /// What they are.
        public let role: Role
        /// The passphrase; `nil` when it was chosen by somebody else, or the file that held it is gone.
        public let passphrase: String?
    }

    /// Whether rows were imported now; `false` when the demo data was there already.
    public let didImport: Bool
    /// What became of the rows, by kind.
    public let counts: [ImportReport.Count]
    /// The accounts of the demo, in the order of `accounts.csv`.
    public let accounts: [Account]
    /// The file that holds the passphrases, where there is one.
    public let passphraseFile: String?
    /// How many rows of `accounts.csv` were left alone, because only the demo makes accounts.
    public let skippedAccounts: Int
}
