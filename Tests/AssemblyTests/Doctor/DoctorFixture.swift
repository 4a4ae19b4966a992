import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// A deployment to be examined.
struct DoctorFixture {
    let folder: DeploymentFolder
    let engine: TestEngine

    static func manifest(_ storage: String) -> String {
        ManifestText.name + ManifestText.organization + storage + "\nserver: {port: 0}\nplugins: {bookings: {}}\n"
    }

    /// What the doctor finds.
    func examine() async throws -> [Finding] {
        await Doctor(
            try self.folder.blueprint(), manifest: self.folder.manifest, logger: DeploymentFolder.logger
        ).examine()
    }

    /// Runs a script as the owner of the schema; `{room.table}` is a table on either engine.
    func run(_ script: String) async throws {
        let text = self.engine == .postgres ? script : script.replacing(".", with: "_")
        let plain = text.replacing("{", with: "").replacing("}", with: "")
        try await self.folder.open { deployment in
            try await deployment.runtime.database.engine.maintain { try $0.run(plain) }
        }
    }

    /// Runs a query as the owner of the schema and returns the first value.
    func value(_ query: String) async throws -> String {
        let rows = try await self.folder.open { deployment in
            try await deployment.runtime.database.engine.maintain { try $0.rows(query) }
        }
        return try #require(rows.first?.first.flatMap { $0 })
    }
}

/// Runs `body` with a deployment whose database is up to date.
func withExamined<T>(_ engine: TestEngine, _ body: (DoctorFixture) async throws -> T) async throws -> T {
    try await withDeploymentFolder(engine, DoctorFixture.manifest) { folder in
        try await folder.open { _ = try await $0.migrate() }
        return try await body(DoctorFixture(folder: folder, engine: engine))
    }
}

extension [Finding] {
    /// The findings of one check that are not in order.
    func faults(_ check: String) -> [Finding] { self.filter { $0.check == check && $0.severity != .ok } }

    /// How bad what one check found is; the worst counts.
    func severity(_ check: String) -> Finding.Severity? {
        let order: [Finding.Severity] = [.problem, .warning, .ok]
        let found = self.filter { $0.check == check }.map(\.severity)
        return order.first { found.contains($0) }
    }
}
