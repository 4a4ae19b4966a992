internal import AlmanacStorage

extension Manifest.Storage.Postgres {
    /// How the database is reached.
    ///
    /// - Parameter purpose: What `pg_stat_activity` shows.
    /// - Returns: What the engine is made with.
    /// - Throws: ``AlmanacStorage/StorageError`` when libpq cannot read an address.
    func configuration(for purpose: String) throws -> PostgresConfiguration {
        var configuration = PostgresConfiguration(
            url: try PostgresURL(self.url.reveal()), poolSize: self.poolSize,
            statementTimeout: .seconds(self.statementTimeoutSeconds), lockTimeout: .seconds(self.lockTimeoutSeconds),
            applicationName: purpose, usesRoles: self.roles)
        configuration.poolTimeout = .seconds(self.poolTimeoutSeconds)
        configuration.silenceTimeout = .milliseconds(self.silenceMilliseconds)
        configuration.pooler = self.pooler == .transaction ? .transaction : .none
        configuration.ownerURL = try self.ownerURL.map { try PostgresURL($0.reveal()) }
        configuration.replicaURL = try self.replicaURL.map { try PostgresURL($0.reveal()) }
        return configuration
    }

    /// How rooms get their roles.
    func roleSetup(_ configuration: PostgresConfiguration) -> RoleSetup {
        RoleSetup(login: configuration.ownerURL == nil ? nil : configuration.url.user)
    }
}
