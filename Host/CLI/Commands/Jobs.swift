internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// Work that is done in the background.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show and steer work that is done in the background.",
        discussion: """
            Jobs belong to the deployment's database: beside a running server these commands work on PostgreSQL; on \
            SQLite the server must be stopped first. What changes a job is audited.
            """,
        subcommands: [List.self, Show.self, Retry.self, Cancel.self, Run.self, Schedules.self])

    // MARK: Looking

    /// Lists jobs.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, the youngest first, or count them.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @OptionGroup var choice: OrganizationChoice
        @Option(
            help: ArgumentHelp(
                "Only those in a state: \(JobState.allCases.map(\.rawValue).joined(separator: ", "))."),
            transform: Jobs.readState)
        var state: JobState?
        @Option(help: "Only those of a name, as `plugin.job`.")
        var name: String?
        @Option(help: "At most so many, 1 to 10000.")
        var limit = 100
        @Flag(help: "Only how many there are, by name and state, of all organizations.")
        var count = false

        func validate() throws {
            guard 1...10_000 ~= self.limit else { throw ValidationError("--limit must be 1 to 10000.") }
        }

        func run() async throws {
            try await self.manifest.withDeployment(for: "jobs list") { deployment, _ in
                try await deployment.requireMigrated()
                let desk = deployment.runtime.jobs
                let report = JobReport(try await deployment.runtime.organizations.all(), self.output.format)
                guard !self.count else { return report.show(try await desk.tallies()) }
                var filter = JobDesk.Filter()
                filter.organization = try await self.choice.organization(of: deployment)?.id
                filter.state = self.state
                filter.name = self.name
                filter.limit = self.limit
                report.show(try await desk.list(filter))
            }
        }
    }

    /// Shows one job.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a job with its input and its last error.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The job, as `almanac jobs list` names it.", transform: Jobs.readID)
        var job: ID<StoredJob>

        func run() async throws {
            try await self.manifest.withDeployment(for: "jobs show") { deployment, _ in
                try await deployment.requireMigrated()
                let report = JobReport(try await deployment.runtime.organizations.all(), .json)
                Terminal.print(report.document(of: try await deployment.runtime.jobs.find(self.job)).indented)
            }
        }
    }

    /// Lists schedules.
    struct Schedules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what runs again and again, by when it runs next.",
            discussion: "A server adds schedules that are new within a minute of its start.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            try await self.manifest.withDeployment(for: "jobs schedules") { deployment, _ in
                try await deployment.requireMigrated()
                let report = JobReport(try await deployment.runtime.organizations.all(), self.output.format)
                report.show(try await deployment.runtime.jobs.schedules())
            }
        }
    }

    // MARK: Steering

    /// Tries a job again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a job that is dead, cancelled or superseded be tried again, now.")
        @OptionGroup var choice: Choice

        func run() async throws { try await self.choice.change("retry", by: JobDesk.retry) }
    }

    /// Cancels a job.
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a job that waits or runs.",
            discussion: """
                One that runs is told within half a minute, and can write nothing from now on; what it has asked others \
                to do is done.
                """)
        @OptionGroup var choice: Choice

        func run() async throws { try await self.choice.change("cancel", by: JobDesk.cancel) }
    }

    /// Runs what is due, here and now.
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run jobs in this process until none is due, as a server does.",
            discussion: """
                Schedules whose time has come are begun too. What fails waits for its next attempt and is left then. \
                Ends with 1 when a job that was named is not done.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Argument(help: "A job that waits and is not to wait any longer.", transform: Jobs.readID)
        var job: ID<StoredJob>?

        func run() async throws {
            try await self.manifest.withDeployment(for: "jobs run") { deployment, _ in
                try await deployment.requireMigrated()
                let runtime = deployment.runtime
                if let job = self.job { _ = try await Jobs.change(job, runtime, "run", by: JobDesk.hasten) }
                try await runtime.scheduler.upkeep()
                try await runtime.scheduler.plan()
                let count = try await runtime.scheduler.drain()
                let state = try await self.state(runtime)
                switch self.output.format {
                case .text: Terminal.print("ran \(count) \(count == 1 ? "job" : "jobs")")
                case .json:
                    Terminal.print(json: JSON.object(["run": .number(JSONNumber(count))]).serialized)
                }
                guard let state, state != .done else { return }
                throw CommandFailure("almanac: the job is \(state.rawValue); see `almanac jobs show`", status: .failed)
            }
        }

        private func state(_ runtime: Runtime) async throws -> JobState? {
            guard let job = self.job else { return nil }
            return try await runtime.jobs.find(job).state
        }
    }

    /// A job that is to be changed.
    struct Choice: ParsableArguments {
        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Argument(help: "The job, as `almanac jobs list` names it.", transform: Jobs.readID)
        var job: ID<StoredJob>

        func change(_ name: String, by command: Command<ID<StoredJob>, StoredJob>) async throws {
            try await self.manifest.withDeployment(for: "jobs \(name)") { deployment, _ in
                try await deployment.requireMigrated()
                let changed = try await Jobs.change(self.job, deployment.runtime, name, by: command)
                JobReport(try await deployment.runtime.organizations.all(), self.output.format).show([changed])
            }
        }
    }

    /// Runs a command on a job, in the organization that the job belongs to.
    private static func change(
        _ job: ID<StoredJob>, _ runtime: Runtime, _ name: String, by command: Command<ID<StoredJob>, StoredJob>
    ) async throws -> StoredJob {
        let call = Call(
            organization: try await runtime.jobs.find(job).organization, principal: .system("jobs-\(name)"),
            origin: Origin(.cli))
        return try await runtime.invoker.run(command, of: .kernel, job, as: call)
    }

    // MARK: Arguments

    /// Whose jobs.
    struct OrganizationChoice: ParsableArguments {
        @Option(help: ArgumentHelp("Only this organization's; otherwise those of every one.", valueName: "slug"))
        var organization: String?

        func organization(of deployment: Deployment) async throws -> Organization? {
            guard let slug = self.organization else { return nil }
            let all = try await deployment.runtime.organizations.all()
            guard let named = all.first(where: { $0.slug.utf8.elementsEqual(slug.utf8) }) else {
                throw CommandFailure("almanac: there is no organization called \(slug)", status: .misused)
            }
            return named
        }
    }

    private static func readID(_ text: String) throws -> ID<StoredJob> {
        guard let id = ID<StoredJob>(text) else {
            throw ValidationError("expected the id of a job, as `almanac jobs list` shows it")
        }
        return id
    }

    private static func readState(_ text: String) throws -> JobState {
        guard let state = JobState(rawValue: text) else {
            throw ValidationError("expected \(JobState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return state
    }
}
