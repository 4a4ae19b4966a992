internal import AlmanacStorage
package import ServiceLifecycle

extension Runtime {
    /// What the kernel and the plugins do besides answering: loops that begin with the host and end before its database
    /// closes, each begun again by ``supervisor`` when it fails.
    ///
    /// The host runs them below its server, so that they outlive the last request, and ends them in reverse order: first
    /// those of plugins, last the audit log, which takes what the others leave. Each is a loop around one step that tests
    /// call themselves.
    package var services: [any Service] {
        self.supervisor.supervise(
            self.kernelWork
                + self.platform.graph.contributions(of: BackgroundWork.self).map { owner, work in
                    .loop(WorkName(work.name, of: owner), work)
                })
    }

    private var kernelWork: [SupervisedWork] {
        let (audit, logger) = (self.audit, self.supervisor.logger)
        let strangers = SubjectKeyExpiry(
            self.database.inBackground, months: audit.settings.strangersMonths, logger: logger)
        return [
            .reporting("audit") { report in try await AuditService(audit, report, logger).run() },
            .kernel(AuditArchiveService(audit).work),
            .kernel(strangers.work),
            .service("mail", self.mail, isEssential: false, restarts: .patient),
            .kernel(KeyUpkeep(self.encryption, clock: self.database.clock, logger: logger).work),
            .service("retention", self.retention.service, isEssential: false),
            .kernel(self.quarantine.work(for: self.supervisor)),
            .kernel(self.migrations.work),
            .reporting("jobs") { report in try await self.scheduler.run(report) },
            .reporting("live") { report in await self.lookout.run(report, logger) },
            .reporting("events") { report in try await MessageBusService(self.bus, report, logger).run() },
        ]
    }
}

extension SupervisedWork {
    /// A loop of the kernel's without which the platform may go on.
    fileprivate static func kernel(_ work: BackgroundWork) -> SupervisedWork { .loop(WorkName(work.name), work) }
}
