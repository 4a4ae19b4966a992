import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Logging
import Testing

/// Which backups there are, in the API and in the console; who sees none of it.
struct BackupScreenTests {
    private static func entry(
        _ number: UInt64, hoursAgo: Int64, _ outcome: BackupEntry.Outcome
    ) -> BackupEntry {
        let beganAt = Instant(microseconds: TestClock.start.microseconds - hoursAgo * 3_600_000_000)
        return BackupEntry(
            id: ID(high: 0, low: number), beganAt: beganAt, endedAt: beganAt.adding(seconds: 42), machine: "alpha",
            account: "almanac", program: "1.2.3", outcome: outcome)
    }

    private static func made(_ number: UInt64, hoursAgo: Int64) -> BackupEntry {
        Self.entry(number, hoursAgo: hoursAgo, .made(place: "/var/backups/<\(number)>", bytes: 4_096, rows: 12))
    }

    @Test(arguments: TestEngine.allCases)
    func theLatestAreListedAndTheScreenWarns(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await platform.leaveOneOrganization()
            let client = try await platform.client(as: .admin)
            let browser = try await platform.browser(as: .admin)
            let none = try await client.get("/api/v1/deployment/backups").expect(200)
            #expect(none["overdue"]?.bool == true && none["items"]?.array?.isEmpty == true)
            #expect(none["onPostgres"]?.bool == (engine == .postgres))
            let empty = await browser.get("/console/backups")
            #expect(empty.text.contains("No backup has been made for more than a day."))
            #expect(empty.text.contains("almanac backup --manifest"))
            #expect(empty.text.contains("pg_basebackup") == (engine == .postgres))

            let log = BackupLog(platform.runtime.database)
            let failed = Self.entry(3, hoursAgo: 1, .failed("the disk is full"))
            try await log.keep([Self.made(1, hoursAgo: 26), failed])
            // What failed does not count.
            let late = try await client.get("/api/v1/deployment/backups").expect(200)
            #expect(late["overdue"]?.bool == true)
            try await log.keep([Self.made(2, hoursAgo: 24), Self.made(1, hoursAgo: 2)])
            let fine = try await client.get("/api/v1/deployment/backups").expect(200)
            #expect(fine["overdue"]?.bool == false)
            let states = fine["items"]?.array?.map { "\($0["state"]?.string ?? "") \($0["place"]?.string ?? "-")" }
            #expect(states == ["failed -", "verified /var/backups/<2>", "verified /var/backups/<1>"])
            #expect(fine["items"]?.array?.first?["failure"]?.string == "the disk is full")
            #expect(fine["items"]?.array?.last?["seconds"]?.int == 42)
            let checks = try await client.get("/api/v1/deployment/checks").expect(200)
            let check = checks["items"]?.array?.first { $0["id"]?.string == "backups" }
            #expect(check?["state"]?.string == "fine")

            let page = await browser.get("/console/backups")
            #expect(!page.text.contains("No backup has been made"))
            #expect(page.text.contains("/var/backups/&lt;2&gt;"))
            #expect(page.text.contains("<span class=\"badge bad\">Failed</span>"))
            #expect(page.text.contains("<span class=\"badge good\">Verified</span>"))
        }
    }

    /// Where and how a deployment is backed up is no business of the organizations that share it.
    @Test(arguments: TestEngine.allCases)
    func whoSharesADeploymentOrMayNotSeeItSeesNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await BackupLog(platform.runtime.database).keep([Self.made(1, hoursAgo: 2)])
            let shared = await (try await platform.client(as: .admin)).get("/api/v1/deployment/backups")
            #expect(shared.status == 403 && shared.code == "deployment_shared")
            let browser = try await platform.browser(as: .admin)
            let page = await browser.get("/console/backups")
            #expect(page.status == 404)
            let home = await browser.get("/console/users")
            #expect(!home.text.contains("href=\"/console/backups\""))

            try await platform.leaveOneOrganization()
            let customer = await (try await platform.client(as: .customer)).get("/api/v1/deployment/backups")
            #expect(customer.status == 403)
        }
    }

    /// A note that somebody leaves beside the file gets into the database once.
    @Test(arguments: TestEngine.allCases)
    func notesAreTakenIn(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await platform.leaveOneOrganization()
            try await withTemporaryFolder { folder in
                let notes = BackupNotes(beside: "\(folder.path)/school.sqlite")
                let intake = BackupIntake(
                    notes, platform.runtime.database, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await intake.step()
                let made = Self.made(1, hoursAgo: 2)
                try notes.leave(made)
                try notes.leave(Self.entry(2, hoursAgo: 1, .failed(String(repeating: "x", count: 9_000))))
                try await intake.step()
                try notes.leave(made)
                try await intake.step()
                let client = try await platform.client(as: .admin)
                let list = try await client.get("/api/v1/deployment/backups").expect(200)
                #expect(list["items"]?.array?.map { $0["state"]?.string } == ["failed", "verified"])
                #expect(list["items"]?.array?.first?["failure"]?.string?.count == 500)
                #expect(list["items"]?.array?.last?["bytes"]?.int == 4_096)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("school.sqlite.backups"))
                #expect(left.isEmpty)
            }
        }
    }

    /// Of what the server cannot read it says so, and takes in the rest.
    @Test(arguments: TestEngine.allCases)
    func notesThatCannotBeReadAreWarnedOf(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await platform.leaveOneOrganization()
            try await withTemporaryFolder { folder in
                let log = TestLog()
                let notes = BackupNotes(beside: folder.file("school.sqlite"))
                let intake = BackupIntake(notes, platform.runtime.database, logger: log.logger)
                try notes.leave(Self.made(1, hoursAgo: 2))
                // A folder is read by nobody, root included, as if it were a file.
                try FileManager.default.createDirectory(
                    atPath: folder.file("school.sqlite.backups/0.json"), withIntermediateDirectories: false)
                try await intake.step()
                #expect(log.all.filter { $0.hasPrefix("warning a note of a backup cannot be read") }.count == 1)
                #expect(log.all.contains { $0.contains("school.sqlite.backups/0.json") })
                let client = try await platform.client(as: .admin)
                let list = try await client.get("/api/v1/deployment/backups").expect(200)
                #expect(list["items"]?.array?.map { $0["state"]?.string } == ["verified"])

                try folder.write([], to: "closed.sqlite.backups")
                let closed = BackupIntake(
                    BackupNotes(beside: folder.file("closed.sqlite")), platform.runtime.database, logger: log.logger)
                await #expect(throws: StorageError.self) { try await closed.step() }
            }
        }
    }
}
