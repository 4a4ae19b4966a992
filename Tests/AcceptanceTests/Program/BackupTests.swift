import AlmanacStorage
import AlmanacTestKit
import Foundation
import Synchronization
import Testing

/// Backups of a real server, and what a restored one does.
struct BackupTests {
    /// What sixteen clients were promised.
    private final class Promises: Sendable {
        private struct State {
            var slots: [SchoolServer.Slot]
            var kept: [String] = []
            var problems: [String] = []
        }

        private let state: Mutex<State>

        init(_ slots: [SchoolServer.Slot]) { self.state = Mutex(State(slots: slots)) }

        /// The numbers of bookings that were acknowledged so far.
        var kept: [String] { self.state.withLock { $0.kept } }
        var problems: [String] { self.state.withLock { $0.problems } }

        /// Books until there are no slots.
        func write(_ server: SchoolServer, _ token: String) async throws {
            while let slot = self.state.withLock({ $0.slots.popLast() }) {
                let answer = try await server.book(slot, token)
                let number = try answer.json()["number"]?.string
                self.state.withLock { state in
                    if let number, answer.status == 201 {
                        state.kept.append(number)
                    } else {
                        state.problems.append("\(answer)")
                    }
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everythingAcknowledgedBeforeItBeganIsInIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let (before, after) = try await school.serve { server in
                let tokens = [try await server.token(), try await server.token(of: School.otherCustomer)]
                let promises = Promises(try await server.slots(tokens[0]))
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    for writer in 0..<16 { group.addTask { try await promises.write(server, tokens[writer % 2]) } }
                    while promises.kept.count < 16 { try await Task.sleep(for: .milliseconds(5)) }
                    let before = promises.kept
                    let made = try await school.program.run(["backup", "--to", "backup"])
                    let after = promises.kept
                    #expect(made.exitCode == 0, "\(made)")
                    try await group.waitForAll()
                    #expect(promises.problems.isEmpty, "\(promises.problems.prefix(2))")
                    #expect(after.count > before.count, "nobody wrote while the backup was made")
                    return (Set(before), Set(promises.kept))
                }
            }
            try await school.loseDatabase()
            let restored = try await school.program.run(["restore", "backup"])
            try #require(restored.exitCode == 0, "\(restored)")

            let found = Set(try await school.rows("SELECT number FROM {bookings.booking}").compactMap { $0[0] })
            #expect(before.isSubset(of: found), "\(before.subtracting(found).count) of \(before.count) are lost")
            #expect(found.isSubset(of: after))
            // A booking without its claim, its audit entry or its event would be half of one.
            let halves = [
                "SELECT count(*) FROM {bookings.booking} b WHERE NOT EXISTS (SELECT 1 FROM {bookings.claim} c WHERE "
                    + "c.organization_id = b.organization_id AND c.booking_id = b.id)",
                "SELECT count(*) FROM {bookings.claim} c WHERE c.booking_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
                    + "{bookings.booking} b WHERE b.organization_id = c.organization_id AND b.id = c.booking_id)",
            ]
            for query in halves { #expect(try await school.rows(query) == [["0"]], "\(query)") }
            for table in ["kernel.event", "bookings.claim"] {
                #expect(try await school.rows("SELECT count(*) FROM {\(table)}") == [["\(found.count)"]], "\(table)")
            }
            let entries = "SELECT count(*) FROM {kernel.audit_entry} WHERE object_type = 'booking'"
            #expect(try await school.rows(entries) == [["\(found.count)"]])
            #expect(try await school.program.run(["audit", "verify"]).exitCode == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anInterruptedOneLeavesNothingThatLooksWhole(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try school.program.write("", to: "backups/.keep")
            let folder = "\(school.program.folder)/backups"
            var killed = 0
            for milliseconds in stride(from: 5, through: 400, by: 36) {
                let run = try await school.program.run(
                    ["backup", "--to", "backups/b\(milliseconds)"], timeout: .milliseconds(milliseconds))
                if run.exitCode == 137 { killed += 1 } else { #expect(run.exitCode == 0, "\(run)") }
            }
            #expect(killed > 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
            try await school.loseDatabase()
            for name in names {
                let restored = try await school.program.run(["restore", "backups/\(name)"])
                #expect(restored.exitCode == 0, "\(name): \(restored)")
                try await school.loseDatabase()
            }
            // What was left behind does not stand in the way, and is no backup.
            let drafts = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".draft") }
            for draft in drafts {
                let restored = try await school.program.run(["restore", "backups/\(draft)"])
                #expect(restored.exitCode == 1, "\(draft): \(restored)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRestoredServerEndsSessionsAndHoldsMails(_ engine: TestEngine) async throws {
        let rest = """
            audit: {checkpoints: safe/checkpoints.jsonl, key: safe/audit.key}
            mail: {from: school@example.org, folder: mails}
            accounts: {publicURL: "https://school.example.org"}
            """
        try await withSchool(engine, rest: rest) { school in
            let token = try await school.serve { try await $0.token() }
            let made = try await school.program.run(["backup", "--to", "backup", "--format", "json"])
            try #require(made.exitCode == 0, "\(made)")
            let taken = try await school.program.run(["restore", "backup"])
            try await school.loseDatabase()
            let unproved = try await school.program.run(["restore", "backup"])
            try await school.loseDatabase()
            let proved = try await school.program.run(["restore", "backup", "--checkpoints", "safe/checkpoints.jsonl"])

            #expect(taken.exitCode == 1, "\(taken)")
            #expect(taken.errors.contains("never overwritten"), "\(taken)")
            #expect(unproved.exitCode == 0, "\(unproved)")
            #expect(unproved.output.contains("UNPROVED"), "\(unproved)")
            #expect(proved.exitCode == 0, "\(proved)")
            #expect(proved.output.contains("proved by a checkpoint"), "\(proved)")
            #expect(proved.output.contains("1 sessions were ended"), "\(proved)")

            let held = try await school.program.run(["deliveries", "status", "--format", "json"])
            #expect(try JSON(parsing: held.output)["held"] == true)
            try await school.serve { server in
                #expect(try await server.client.get("/api/v1/me", token: token).status == 401)
                #expect(try await server.client.get("/api/v1/me", token: try await server.token()).status == 200)
                try await Self.forget(server)
                #expect(server.process.errors.contains("deliveries are held"))
                #expect(Self.mails(school).isEmpty)
            }
            #expect(Self.mails(school).isEmpty)
            let released = try await school.program.run(["deliveries", "release"])
            #expect(released.exitCode == 0, "\(released)")
            try await school.serve { try await Self.forget($0) }
            #expect(Self.mails(school).count == 1)
        }
    }

    /// Asks for a new password, which sends a mail.
    private static func forget(_ server: SchoolServer) async throws {
        let answer = try await server.client.post(
            "/api/v1/auth/forgot-password", ["email": .string(School.customer)])
        #expect((200..<300).contains(answer.status), "\(answer)")
    }

    private static func mails(_ school: School) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(school.program.folder)/mails")) ?? []
    }

    @Test
    func aDeploymentMovesToPostgreSQLAndBack() async throws {
        try await withProgramStorage(.postgres) { storage in
            try await withSchool(.sqlite) { school in
                let url = try #require(storage.environment["ALMANAC_DATABASE_URL"])
                try school.program.write(url, to: "url")
                try school.program.write(
                    "extends: plugins.yaml\nstorage: {backend: postgres, url: \"${file:url}\"}\n", to: "big.yaml")
                try school.program.write(
                    "extends: plugins.yaml\nstorage: {backend: sqlite, path: back/school.sqlite}\n", to: "back.yaml")
                let number = try await school.serve { server in
                    let busy = try await school.program.run(["storage", "copy", "--to", "big.yaml"])
                    #expect(busy.exitCode == 1, "\(busy)")
                    #expect(busy.errors.contains("(almanac serve)"), "\(busy)")
                    let token = try await server.token()
                    let slot = try #require(try await server.slots(token).first)
                    return try await server.book(slot, token).json()["number"]?.string
                }
                let keyless = try await school.program.run(["storage", "copy", "--to", "big.yaml"])
                #expect(keyless.exitCode == 1, "\(keyless)")
                try school.copy("data/school.sqlite.keys", to: "data/school.keys")
                try school.copy("data/school.sqlite.keys", to: "back/school.sqlite.keys")

                let there = try await school.program.run(["storage", "copy", "--to", "big.yaml", "--format", "json"])
                try #require(there.exitCode == 0, "\(there)")
                let back = try await school.program.run([
                    "storage", "copy", "--manifest", "big.yaml", "--to", "back.yaml", "--format", "json",
                ])
                try #require(back.exitCode == 0, "\(back)")
                let verified = [
                    try await school.program.run(["audit", "verify", "--manifest", "big.yaml"]),
                    try await school.program.run(["audit", "verify", "--manifest", "back.yaml"]),
                ]

                #expect(try JSON(parsing: there.output) == JSON(parsing: back.output))
                #expect(verified.allSatisfy { $0.exitCode == 0 }, "\(verified)")
                let found = try SQLiteBackup.read("\(school.program.folder)/back/school.sqlite") {
                    try $0.rows("SELECT number FROM bookings_booking")
                }
                #expect(found == [[number]])
                let held = try await school.program.run(["deliveries", "status", "--manifest", "big.yaml"])
                #expect(held.output == "not held\n")
            }
        }
    }
}

extension School {
    /// Copies a file of its folder, for its owner only.
    fileprivate func copy(_ from: String, to: String) throws {
        let target = URL(fileURLWithPath: "\(self.program.folder)/\(to)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: URL(fileURLWithPath: "\(self.program.folder)/\(from)"), to: target)
    }
}
