package import AlmanacStorage

/// The kernel's own tables.
package enum KernelSchema {
    /// The kernel's migrations; they come before those of every plugin.
    package static let history = MigrationHistory(
        .kernel,
        [
            Migration(1, "organizations, users, people, sessions") {
                Organization.migrationStep
                User.migrationStep
                Person.migrationSteps
                UserRole.migrationStep
                Session.migrationSteps
            },
            Migration(2, "audit, events, idempotency") {
                AuditTrail.migrationSteps
                Outbox.migrationSteps
                IdempotencyLedger.migrationStep
            },
            Migration(3, "requirements, sagas, files") {
                RequirementLedger.migrationStep
                SagaRun.migrationStep
                Blob.migrationStep
            },
            Migration(4, "sessions that are renewed") {
                Session.renewalSteps
            },
            Migration(5, "lean audit entries") {
                AuditTrail.leanSteps
            },
            Migration(6, "consents") {
                Consent.migrationSteps
            },
            Migration(7, "answers kept per operation, a secret for signing, settings of organizations") {
                IdempotencyLedger.renewalSteps
                DeploymentSecret.migrationStep
                OrganizationChoices.migrationStep
            },
            Migration(8, "roles, grants, invitations") {
                AccessSchema.migrationSteps
            },
            Migration(9, "keys, second factors, API keys") {
                KeyRegistry.migrationStep
                TOTPFactor.migrationStep
                RecoveryCode.migrationStep
                FactorAttempts.migrationStep
                APIKey.migrationSteps
            },
            Migration(10, "audit chain") {
                AuditTrail.orderSteps
                AuditSeal.migrationSteps
                SealCursor.migrationStep
            },
            Migration(11, "limits that hosts share") {
                SharedLimits.migrationSteps
            },
            Migration(12, "accounts") {
                User.verificationSteps
                Person.profileSteps
                AccountToken.migrationSteps
                SignInPace.migrationSteps
                KnownDevice.migrationSteps
            },
            Migration(13, "the fingerprint of a session's program") { Session.fingerprintSteps },
            Migration(14, "archived months of the audit log") {
                AuditSegment.migrationStep
            },
            Migration(15, "lookups of tokens") {
                Session.lookupSteps
            },
            Migration(16, "signing in with OpenID providers") {
                OIDCIdentity.migrationSteps
                OIDCAttempt.migrationSteps
            },
            Migration(17, "audit entries sealed for their subjects") {
                SubjectKey.migrationSteps
            },
            Migration(18, "deliveries held after a restore") { DeliveryHold.migrationStep },
            Migration(19, "jobs and schedules") {
                JobTable.migrationSteps
                ScheduleTable.migrationSteps
            },
            Migration(20, "deliveries of events") {
                DeliverySchema.migrationSteps
            },
            Migration(21, "archives of removed rows") {
                StoredArchive.migrationSteps
                Session.retentionSteps
            },
            Migration(22, "hosts that serve") { HostRegistry.migrationStep },
            Migration(23, "plugins put aside") { Quarantine.migrationStep },
            Migration(24, "the migrations that hosts know") { HostRegistry.migrationLevelStep },
            Migration(25, "backups that were made") { BackupLog.migrationStep },
        ])

    /// The kernel's columns whose values are sealed.
    static let encryptedColumns: [EncryptedColumn] = [TOTPFactor.secretColumn, SubjectKey.sealedColumn]
}
