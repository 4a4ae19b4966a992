internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension Audit {
    /// Archives what is due, as a running server does.
    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "archive",
            abstract: "Move old months of the audit log into files, and remove files whose time has come.",
            discussion: """
                The manifest says where and when under `audit.archive`. A running server does the same once an hour. May be \
                interrupted and repeated at any time: rows are deleted only when a file has them and is signed.
                Ends with 1 when a file is not what was written, or a log is not as it was sealed.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            try await self.manifest.withDeployment(for: "audit archive") { deployment, _ in
                try await AuditScope.requireSchema(deployment)
                guard let archiver = try deployment.runtime.audit.makeArchiver() else {
                    throw CommandFailure(
                        "almanac: \(self.manifest.manifest) names no folder for archived months: write "
                            + "`audit: {checkpoints: FILE, archive: {folder: FOLDER}}` into it", status: .misused)
                }
                try await deployment.runtime.audit.sealer.sealAll()
                var total = try await archiver.step()
                while total.hasMore {
                    let step = try await archiver.step()
                    total.archived += step.archived
                    total.deleted += step.deleted
                    total.removed += step.removed
                    total.hasMore = step.hasMore
                }
                switch self.output.format {
                case .text:
                    Terminal.print(
                        "archived \(total.archived) months, deleted \(total.deleted) entries that files have, removed "
                            + "\(total.removed) files whose time had come")
                case .json:
                    let result: JSON = [
                        "archived": .number(JSONNumber(total.archived)), "deleted": .number(JSONNumber(total.deleted)),
                        "removed": .number(JSONNumber(total.removed)),
                    ]
                    Terminal.print(json: result.serialized)
                }
            }
        }
    }
}
