import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Foundation
import Testing

/// A deployment with demo data, and an empty place for what comes out of its backups.
struct BackupFixture {
    /// The deployment.
    let home: DeploymentFolder
    /// The same manifest on another database where nothing is.
    let away: DeploymentFolder

    /// Where backups go.
    var place: String { "\(self.home.path)/backups" }

    /// Makes a backup, which is named.
    @discardableResult
    func backUp(_ name: String = "backup") async throws -> (path: String, description: BackupDescription) {
        try await BackupWriter(self.home.blueprint(), logger: DeploymentFolder.logger)
            .write(to: "\(self.place)/\(name)")
    }

    /// Restores a backup into the empty place.
    @discardableResult
    func restore(
        _ name: String = "backup", migrates: Bool = false,
        examining examine: @escaping Restorer.Examination = { _, _ in }
    ) async throws -> Restorer.Report {
        try await Restorer(
            self.away.blueprint(), from: "\(self.place)/\(name)", migrates: migrates, logger: DeploymentFolder.logger
        ).restore(examining: examine)
    }

    /// What the restored place answers to a query; tables stand in it as `{room.table}`.
    func rows(_ folder: DeploymentFolder, _ query: String) async throws -> [[String?]] {
        try await folder.open { deployment in
            try await deployment.runtime.database.engine.maintain { connection in
                let dot = connection.isPostgres ? "." : "_"
                let text = query.split(separator: "{", omittingEmptySubsequences: false).enumerated().map {
                    index, part in
                    guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
                    return part[..<end].split(separator: ".").joined(separator: dot) + part[part.index(after: end)...]
                }
                return try connection.rows(text.joined())
            }
        }
    }

    /// Works on at the other place, and looks whether its audit log goes on as it should.
    func expectToGoOn() async throws {
        try await self.away.open { deployment in
            #expect(try await deployment.migrate().isEmpty)
            let organization = try await deployment.organization().id
            _ = try await deployment.runtime.identity.createUser(
                email: EmailAddress("later@example.org"), password: "correct horse battery staple", role: .admin,
                in: organization, actor: .system("test"), origin: Origin(.test))
            try await Self.sealAll(deployment)
            let verdict = try await deployment.runtime.audit.verifier.verify(organization)
            #expect(verdict.findingCount == 0, "\(verdict.findings)")
            #expect(verdict.unsealed == 0)
        }
    }

    /// Seals the whole audit log: another test's transaction may hold the horizon of the cluster for a moment.
    fileprivate static func sealAll(_ deployment: Deployment) async throws {
        for organization in try await deployment.runtime.organizations.all() {
            for _ in 0..<5_000 {
                try await deployment.runtime.audit.sealer.sealAll()
                if try await deployment.runtime.audit.verifier.verify(organization.id).unsealed == 0 { break }
                await Task.yield()
            }
        }
    }

    /// Whether nothing is at the empty place.
    func isAwayEmpty(_ engine: TestEngine) async throws -> Bool {
        switch engine {
        case .sqlite:
            let folder = (try? FileManager.default.contentsOfDirectory(atPath: "\(self.away.path)/data")) ?? []
            return folder.allSatisfy { $0.hasSuffix(".lock") || $0.hasSuffix(".keys") }
        case .postgres:
            return try await self.rows(
                self.away, "SELECT nspname FROM pg_namespace WHERE nspname IN ('kernel', 'bookings')"
            ).isEmpty
        }
    }

    /// Every byte of a file of a backup.
    func bytes(_ file: String, of name: String = "backup") throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(self.place)/\(name)/\(file)")))
    }

    func write(_ bytes: [UInt8], to file: String, of name: String = "backup") throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(self.place)/\(name)/\(file)"))
    }
}

/// Runs `body` with a deployment with some data and an empty place on the same engine, or on another one.
func withBackups(
    _ engine: TestEngine, to other: TestEngine? = nil, _ body: (BackupFixture) async throws -> Void
) async throws {
    try await withDeploymentFolder(engine, BackupFixture.manifest) { home in
        try await withDeploymentFolder(other ?? engine, BackupFixture.manifest) { away in
            for (name, text) in BackupFixture.files {
                let url = URL(fileURLWithPath: "\(home.path)/demo/\(name)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            try await home.open { deployment in
                _ = try await deployment.migrate()
                _ = try await Seeder(deployment, manifestPath: home.manifest).loadDemo()
                _ = try await deployment.runtime.identity.createUser(
                    email: EmailAddress("office@example.org"), password: "correct horse battery staple", role: .admin,
                    in: try await deployment.organization().id, actor: .system("test"), origin: Origin(.test))
                try await BackupFixture.sealAll(deployment)
            }
            try FileManager.default.createDirectory(
                atPath: "\(home.path)/backups", withIntermediateDirectories: true)
            try await body(BackupFixture(home: home, away: away))
        }
    }
}

extension BackupFixture {
    static func manifest(_ storage: String) -> String {
        ManifestText.name + ManifestText.organization + storage + "\nplugins: {bookings: {}}\ndemo: demo\n"
    }

    fileprivate static let files = [
        "providers.csv": "external_id,given_name,family_name,email,phone,time_zone\n"
            + "anna,Anna,Arndt,anna@school.example.org,,\n",
        "weekly_rules.csv": "provider,weekday,start,end\n" + (1...7).map { "anna,\($0),08:00,18:00\n" }.joined(),
        "event_types.csv":
            "external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,"
            + "buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers\n"
            + "lesson,lesson,Fahrstunde,60,6500,EUR,0,0,0,365,60,anna\n",
        "customers.csv": "external_id,given_name,family_name,email,phone,locale\n"
            + (1...40).map { "C\($0),Änne \($0),\"O'Hara, \"\"C\"\"\",c\($0)@example.org,,de\n" }.joined(),
        "accounts.csv": "email,role,person,given_name,family_name\n",
    ]
}
