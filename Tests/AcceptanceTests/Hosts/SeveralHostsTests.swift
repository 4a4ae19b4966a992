import AlmanacStorage
import AlmanacTestKit
import Testing

/// Two real servers on one PostgreSQL, the clock of the second thirty seconds ahead.
struct SeveralHostsTests {
    /// Asks until the answer is `status`, and checks that no other came to what was asked a second after `moment`.
    private func expect(
        _ status: Int, by moment: ContinuousClock.Instant, _ ask: () async throws -> LoopbackResponse
    ) async throws {
        while true {
            let began = ContinuousClock.now
            let answer = try await ask()
            if answer.status == status { return }
            try #require(began < moment + .seconds(1), "\(answer) more than a second later")
        }
    }

    @Test(arguments: [true, false])
    func aSessionThatEndsOnOneEndsOnTheOtherWithinASecond(_ isAheadFirst: Bool) async throws {
        try await withTwoServers { first, second in
            let (here, there) = isAheadFirst ? (second, first) : (first, second)
            let token = try await here.token()
            for server in [here, there] {
                #expect(try await server.client.get("/api/v1/me", token: token).status == 200)
            }
            let ended = try await here.client.send(LoopbackRequest("POST", "/api/v1/auth/logout", token: token))
            let moment = ContinuousClock.now
            #expect(ended.status == 200)
            #expect(try await here.client.get("/api/v1/me", token: token).status == 401)
            try await self.expect(401, by: moment) { try await there.client.get("/api/v1/me", token: token) }
        }
    }

    @Test func aPermissionTakenOnOneIsTakenOnTheOtherWithinASecond() async throws {
        try await withTwoServers { first, second in
            let office = try await first.token(of: School.admin)
            let anna = try await second.token(of: School.provider)
            let listed = try await first.client.get("/api/v1/users?q=anna", token: office)
            let id = try #require(try listed.json()["items"]?[0]?["id"]?.string, "\(listed)")
            let found = try await first.client.get("/api/v1/users/\(id)", token: office)
            let tag = try #require(found.header("etag"))

            func setRoles(_ roles: JSON, _ tag: String) async throws -> LoopbackResponse {
                try await first.client.send(
                    LoopbackRequest(
                        "PUT", "/api/v1/users/\(id)/roles",
                        headers: [
                            ("Authorization", "Bearer \(office)"), ("Content-Type", "application/json"),
                            ("If-Match", tag),
                        ], body: JSON.object(["roles": roles]).serialized))
            }
            let raised = try await setRoles(["provider", "admin"], tag)
            var moment = ContinuousClock.now
            try #require(raised.status == 200, "\(raised)")
            try await self.expect(200, by: moment) { try await second.client.get("/api/v1/users", token: anna) }

            let lowered = try await setRoles(["provider"], try #require(raised.header("etag")))
            moment = ContinuousClock.now
            try #require(lowered.status == 200, "\(lowered)")
            try await self.expect(403, by: moment) { try await second.client.get("/api/v1/users", token: anna) }
        }
    }

    @Test func aRefreshTokenHasOneSuccessorAcrossBoth() async throws {
        try await withTwoServers { first, second in
            let password = try #require(first.school.passphrases[School.customer])
            let signedIn = try await first.client.post(
                "/api/v1/auth/token", ["email": .string(School.customer), "password": .string(password)])
            var refresh = try #require(try signedIn.json()["refreshToken"]?.string)
            for _ in 0..<3 {
                let request = LoopbackRequest("POST", "/api/v1/auth/refresh", json: ["refreshToken": .string(refresh)])
                // All have to be answered within the ten seconds, by the database's clock, that forgive a predecessor.
                let requests = Array(repeating: request, count: 8)
                async let here = first.client.simultaneously(requests)
                async let there = second.client.simultaneously(requests)
                let answers = try await here + there

                let won = answers.filter { $0.status == 200 }
                #expect(won.count == 1, "\(answers.map(\.status))")
                #expect(answers.filter { $0.status == 409 }.count == 15)
                let tokens = try #require(won.first).json()
                refresh = try #require(tokens["refreshToken"]?.string)
                let access = try #require(tokens["accessToken"]?.string)
                for server in [first, second] {
                    #expect(try await server.client.get("/api/v1/me", token: access).status == 200)
                }
            }
        }
    }

    @Test func loginLimitsCountTogetherWhateverTheClocksSay() async throws {
        let limits = "limits: {login: {perIdentifier: 6/day, perAddress: unlimited}}"
        try await withTwoServers(rest: limits) { first, second in
            // Somebody nobody has counted yet.
            let guess: JSON = ["email": "stranger@example.org", "password": "wrong guess"]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<30 {
                    let client = index.isMultiple(of: 2) ? first.client : second.client
                    group.addTask { try await client.post("/api/v1/auth/token", guess).status }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [401: 6, 429: 24])
        }
    }

    @Test func oneLessonIsSoldOnceByBoth() async throws {
        try await withTwoServers { first, second in
            let token = try await first.token()
            for slot in try await first.slots(token).prefix(3) {
                let requests = (0..<30).map { _ in
                    LoopbackRequest("POST", "/api/v1/bookings", token: token, json: slot.booking)
                }
                async let here = first.client.simultaneously(requests)
                async let there = second.client.simultaneously(requests)
                let statuses = Dictionary(grouping: try await here + there, by: \.status).mapValues(\.count)
                #expect(statuses == [201: 1, 409: 59])
            }
        }
    }

    // MARK: Who serves

    private func hosts(_ school: School) async throws -> [JSON] {
        let result = try await school.program.run(["hosts", "--format", "json"])
        try #require(result.exitCode == 0, "\(result)")
        return try #require(try JSON(parsing: Array(result.output.utf8))["hosts"]?.array)
    }

    /// Asks until so many are listed: each enters itself right after it has begun to listen.
    private func hosts(_ count: Int, _ school: School) async throws -> [JSON] {
        for _ in 0..<40 {
            let found = try await self.hosts(school)
            if found.count == count { return found }
        }
        return try await self.hosts(school)
    }

    @Test func listsTheServersAndWarnsOfAnotherManifest() async throws {
        try await withSchool(.postgres) { school in
            let other = School.manifest(school.storage.section, rest: "accounts: {registration: closed}")
            let path = try school.program.write(other, to: "other.yaml")
            try await school.serve { first in
                let alone = try await self.hosts(1, school)
                #expect(alone.map { $0["process"]?.int } == [Int(first.process.processID)])
                #expect(alone.allSatisfy { $0["agrees"]?.bool == true && $0["alive"]?.bool == true })

                try await school.serve(["--manifest", path]) { second in
                    let both = try await self.hosts(2, school)
                    #expect(
                        both.map { $0["process"]?.int } == [first, second].map { Int($0.process.processID) })
                    #expect(both.map { $0["agrees"]?.bool } == [true, false])
                    #expect(second.process.errors.contains("does not run the same program with the same manifest"))
                    let doctor = try await school.program.run(["doctor"])
                    #expect(doctor.output.contains("2 processes serve, with different manifests"), "\(doctor)")
                }
                // The one that ended took itself out.
                let rest = try await self.hosts(school)
                #expect(rest.map { $0["process"]?.int } == [Int(first.process.processID)])
            }
            let text = try await school.program.run(["hosts"])
            #expect(text.output == "nothing serves now\n", "\(text)")
        }
    }

    @Test func aSecondServerOnSQLiteIsToldWhoHasTheFile() async throws {
        try await withSchool(.sqlite) { school in
            try await school.serve { first in
                let second = try await school.program.run(["serve", "--port", "0"])

                #expect(second.exitCode == 1, "\(second)")
                #expect(
                    second.errors.contains("in use by process \(first.process.processID) (almanac serve)"), "\(second)")
                #expect(second.errors.contains("or use PostgreSQL, which takes several"), "\(second)")
                #expect(try await first.client.get("/health/ready").status == 200)
            }
        }
    }
}
