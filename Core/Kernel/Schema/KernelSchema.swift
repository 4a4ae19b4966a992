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
            Migration(6, "signing in with OpenID providers") {
                OIDCIdentity.migrationSteps
                OIDCAttempt.migrationSteps
            },
        ])
}
