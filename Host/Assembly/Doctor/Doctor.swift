internal import AlmanacKernel
internal import AlmanacStorage
public import Logging

/// Looks at everything that a deployment relies on and says what to do: `almanac doctor`.
///
/// Nothing is changed, and a server may be at work meanwhile: the SQLite file is opened for reading only, PostgreSQL is
/// asked in sessions that cannot write. A check that cannot be carried out is a finding itself.
public struct Doctor: Sendable {
    /// What the checks look at.
    struct Subject: Sendable {
        let blueprint: Blueprint
        /// The path of the manifest.
        let manifest: String
        let clock: any WallClock
        let logger: Logger

        var migrations: MigrationInspection { MigrationInspection(self.blueprint.assembler.histories) }
    }

    private let subject: Subject

    /// Prepares the examination of a deployment that `almanac check` accepts.
    ///
    /// - Parameters:
    ///   - blueprint: The deployment.
    ///   - path: The manifest that it was read from.
    ///   - logger: Where the log goes.
    public init(_ blueprint: Blueprint, manifest path: String, logger: Logger) {
        self.subject = Subject(blueprint: blueprint, manifest: path, clock: SystemClock(), logger: logger)
    }

    /// Every check, in the order of the report; what a check depends on comes first.
    ///
    /// Whoever adds something that a deployment relies on adds its check here.
    private static let checks: [any DoctorCheck] = [
        DatabaseCheck(), DiskCheck(), ClockCheck(), FileModeCheck(), ZoneDataCheck(), LibraryCheck(), PortCheck(),
        MailCheck(), OIDCCheck(), KeyCheck(),
    ]

    /// Carries out all checks.
    ///
    /// - Returns: What was found, in a fixed order; at least one finding for each check.
    public func examine() async -> [Finding] {
        var findings: [Finding] = []
        for check in Self.checks { findings += await check.findings(self.subject) }
        return findings
    }
}

/// One part of the examination.
protocol DoctorCheck: Sendable {
    /// What is found; never empty, so that the report says what was looked at.
    func findings(_ subject: Doctor.Subject) async -> [Finding]
}
