import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The real program with PgBouncer in transaction mode before its database.
struct PgBouncerTests {
    /// A second organization of the same deployment, whose office has the same address and passphrase.
    private func addOrganization(_ school: School) async throws {
        let passphrase = try #require(school.passphrases[School.admin])
        let manifest = School.manifest(school.storage.section)
            .replacing("slug: school", with: "slug: other").replacing("demo: demo\n", with: "")
        let path = try school.program.write(manifest, to: "other.yaml")
        // Both have the keys of the deployment.
        try FileManager.default.copyItem(
            atPath: "\(school.program.folder)/data/school.keys", toPath: "\(school.program.folder)/data/other.keys")
        let migrated = try await school.program.run(["migrate", "--manifest", path])
        try #require(migrated.exitCode == 0, "\(migrated)")
        let made = try await school.program.run(
            ["user", "create", "--manifest", path, "--email", School.admin, "--role", "admin", "--password-stdin"],
            input: passphrase + "\n")
        try #require(made.exitCode == 0, "\(made)")
    }

    private func admin(_ server: SchoolServer, of organization: String) async throws -> String {
        let answer = try await server.client.send(
            LoopbackRequest(
                "POST", "/api/v1/auth/token",
                headers: [("Almanac-Organization", organization), ("Content-Type", "application/json")],
                body: JSON.object([
                    "email": .string(School.admin),
                    "password": .string(try #require(server.school.passphrases[School.admin])),
                ]).serialized))
        try #require(answer.status == 200, "\(answer)")
        return try #require(answer.json()["accessToken"]?.string)
    }

    @Test func servesManyThroughFewSessions() async throws {
        try await withPgBouncer(sessions: 2) { pooler in
            try await withSchool(behind: pooler) { school in
                try await school.serve { server in
                    let tokens = [try await server.token(), try await server.token(of: School.otherCustomer)]
                    let slots = try await server.slots(tokens[0]).prefix(3)
                    for slot in slots {
                        let requests = (0..<40).map { index in
                            LoopbackRequest("POST", "/api/v1/bookings", token: tokens[index % 2], json: slot.booking)
                        }
                        let answers = try await server.client.simultaneously(requests)
                        let statuses = Dictionary(grouping: answers, by: \.status).mapValues(\.count)
                        #expect(statuses == [201: 1, 409: 39])
                    }
                    let booked = try await server.bookings(tokens[0]) + server.bookings(tokens[1])
                    #expect(booked.count == 3)
                    // Its connections were more than the sessions, or nothing was shared.
                    let came = pooler.log.split(separator: "\n").filter { $0.contains("login attempt") }.count
                    #expect(came > 2, "\(pooler.log)")
                }
            }
        }
    }

    @Test func neverMixesOrganizationsUp() async throws {
        try await withPgBouncer(sessions: 2) { pooler in
            try await withSchool(behind: pooler) { school in
                try await self.addOrganization(school)
                try await school.serve { server in
                    let (ours, theirs) = (
                        try await self.admin(server, of: "school"), try await self.admin(server, of: "other")
                    )
                    let requests = (0..<200).map { index in
                        LoopbackRequest("GET", "/api/v1/users", token: index.isMultiple(of: 2) ? ours : theirs)
                    }
                    let answers = try await server.client.simultaneously(requests)
                    for (index, answer) in answers.enumerated() {
                        let count = try answer.json()["items"]?.array?.count
                        #expect(count == (index.isMultiple(of: 2) ? 4 : 1), "\(answer)")
                    }
                }
            }
        }
    }

    @Test func doctorTellsWhatToSay() async throws {
        try await withPgBouncer(sessions: 2) { pooler in
            try await withSchool(behind: pooler) { school in
                let aware = try await school.program.run(["doctor"])
                #expect(aware.output.contains("a pooler answers that shares sessions"), "\(aware)")
                #expect(!aware.output.contains("problem  postgres"), "\(aware)")
                #expect(!aware.output.contains("problem  database"), "\(aware)")

                // The same addresses in a manifest that does not tell.
                let unaware = School.manifest(#"storage: {backend: postgres, url: "${env:ALMANAC_POOLED_URL}"}"#)
                let path = try school.program.write(unaware, to: "unaware.yaml")
                let told = try await school.program.run(["doctor", "--manifest", path])
                #expect(told.exitCode == 1)
                #expect(told.output.contains("say `pooler: transaction`"), "\(told)")
                let served = try await school.program.run(["serve", "--manifest", path, "--port", "0"])
                #expect(served.exitCode == 1)
                #expect(served.errors.contains("say `pooler: transaction`"), "\(served)")
            }
        }
    }
}
