internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// How long what is kept.
struct Retention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how long what is kept, remove what has had its time, and search what is left of it.",
        discussion: """
            Servers remove what has had its time by themselves. The audit log has its own rules: see `almanac audit`. \
            Beside a running server these commands work on PostgreSQL; on SQLite the server must be stopped first.
            """,
        subcommands: [List.self, Run.self, Archives.self, Search.self])

    /// Lists rules.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List how long rows of which table are kept, and how many have had their time.",
            discussion: """
                A line says until when rows stay, by a column of theirs that holds an instant, and how many are past it \
                and still there. Times of tables of plugins may be set in the section `retention` of the manifest, \
                where the days of handled events stand too; those of the kernel's follow from what they are for.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            try await self.manifest.withDeployment(for: "retention list") { deployment, _ in
                try await deployment.requireMigrated()
                let lines = try await deployment.runtime.retention.lines()
                RetentionReport([], self.output.format).show(lines)
            }
        }
    }

    /// Removes what is due.
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove what has had its time, here and now, as a server does.",
            discussion: "Ends with 1 when rows of a table could not be removed; why is in the log.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            try await self.manifest.withDeployment(for: "retention run") { deployment, _ in
                try await deployment.requireMigrated()
                let progress = await deployment.runtime.retention.service.drain()
                RetentionReport([], self.output.format).show(progress)
                guard !progress.failed.isEmpty else { return }
                throw CommandFailure(
                    "almanac: rows of \(progress.failed.joined(separator: ", ")) could not be removed",
                    status: .failed)
            }
        }
    }

    /// Lists archives.
    struct Archives: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is left, compressed, of rows that were removed.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @OptionGroup var choice: ArchiveChoice

        func run() async throws {
            try await self.manifest.withDeployment(for: "retention archives") { deployment, _ in
                try await deployment.requireMigrated()
                let filter = try await self.choice.filter(deployment)
                let report = RetentionReport(try await deployment.runtime.organizations.all(), self.output.format)
                report.show(try await deployment.runtime.retention.archives(filter))
            }
        }
    }

    /// Searches archives.
    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write removed rows as JSON Lines, all or those with a text in them.",
            discussion: """
                Archives that hold rows of the time asked for are written as a whole. What is declared to be personal \
                or encrypted is in no archive.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var choice: ArchiveChoice
        @Argument(help: "A text that stands in the row as JSON has it; every row when left out.")
        var text = ""

        func run() async throws {
            try await self.manifest.withDeployment(for: "retention search") { deployment, _ in
                try await deployment.requireMigrated()
                let filter = try await self.choice.filter(deployment)
                let report = RetentionReport(try await deployment.runtime.organizations.all(), .json)
                try await deployment.runtime.retention.search(filter, for: self.text) { archive, line in
                    report.show(line, of: archive)
                }
            }
        }
    }

    /// Which archives.
    struct ArchiveChoice: ParsableArguments {
        @OptionGroup var organization: Jobs.OrganizationChoice
        @Option(help: "Only rows of a table, as `plugin.table`.")
        var table: String?
        @Option(help: "Only archives with rows since an instant, as 2026-03-01T00:00:00Z.", transform: Self.readInstant)
        var from: Instant?
        @Option(help: "Only archives with rows before an instant.", transform: Self.readInstant)
        var until: Instant?

        func filter(_ deployment: Deployment) async throws -> RetentionDesk.Filter {
            var filter = RetentionDesk.Filter()
            filter.organization = try await self.organization.organization(of: deployment)?.id
            filter.table = self.table
            filter.from = self.from
            filter.until = self.until
            return filter
        }

        private static func readInstant(_ text: String) throws -> Instant {
            guard let instant = Instant(rfc3339: text) else {
                throw ValidationError("expected an instant as 2026-03-01T00:00:00Z")
            }
            return instant
        }
    }
}
