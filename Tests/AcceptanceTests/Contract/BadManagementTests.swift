import AlmanacStorage
import AlmanacTestKit
import Testing

/// Settings that make no sense, from somebody who may set them: refused, and what was set stays.
struct BadManagementTests {
    @Test(arguments: TestEngine.allCases)
    func workingHoursThatEndBeforeTheyBegin(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token(of: School.admin)
            let slot = try #require(try await server.slots(token).first)
            let target = "/api/v1/providers/\(slot.provider)"
            let before = try await server.client.get("\(target)/availability", token: token).text
            let bodies: [JSON] = [
                ["rules": [["weekday": 1, "start": "18:00", "end": "08:00"]]],
                ["rules": [["weekday": 1, "start": "08:00", "end": "08:00"]]],
                ["rules": [["weekday": 8, "start": "08:00", "end": "18:00"]]],
                ["rules": [["weekday": 1, "start": "25:00", "end": "26:00"]]],
                [
                    "rules": [
                        ["weekday": 1, "start": "08:00", "end": "12:00"],
                        ["weekday": 1, "start": "11:00", "end": "13:00"],
                    ]
                ],
            ]

            for body in bodies {
                var request = LoopbackRequest("PUT", "\(target)/weekly-rules", token: token, json: body)
                request.headers.append(("If-Match", "*"))
                let answer = try await server.client.send(request)
                #expect(answer.status == 422, "\(body): \(answer)")
                #expect(try answer.problemCode() != nil)
            }
            #expect(try await server.client.get("\(target)/availability", token: token).text == before)
        }
    }

    @Test
    func changesThatDoNotSayWhatTheyHaveSeen() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token(of: School.admin)
            let provider = try #require(try await server.slots(token).first).provider
            let target = "/api/v1/providers/\(provider)/weekly-rules"
            var request = LoopbackRequest("PUT", target, token: token, json: ["rules": []])

            let blind = try await server.client.send(request)
            request.headers.append(("If-Match", "\"999\""))
            let stale = try await server.client.send(request)

            #expect(blind.status == 428)
            #expect(try blind.problemCode() == "version_required")
            #expect(stale.status == 412, "\(stale)")
            #expect(try stale.problemCode() == "version_changed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func peopleWhoCannotBe(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token(of: School.admin)
            let before = try await server.client.get("/api/v1/providers", token: token).text
            let bodies: [(String, Int)] = [
                (#"{"givenName": "A\u0000nna", "familyName": "Arndt"}"#, 400),
                (#"{"givenName": "Anna", "familyName": "Arndt", "timeZone": "Mars/Olympus"}"#, 422),
                (#"{"givenName": "Anna", "familyName": "Arndt", "timeZone": "../../etc/passwd"}"#, 422),
                (#"{"givenName": "Anna", "familyName": "Arndt", "email": "nobody"}"#, 422),
                (#"{"givenName": "Anna", "familyName": "Arndt", "isAdmin": true}"#, 422),
                (#"{"givenName": "\#(String(repeating: "a", count: 201))", "familyName": "Arndt"}"#, 422),
            ]

            for (body, status) in bodies {
                let answer = try await server.client.send(
                    LoopbackRequest(
                        "POST", "/api/v1/providers",
                        headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                        body: Array(body.utf8)))
                #expect(answer.status == status, "\(body.prefix(100)): \(answer)")
            }
            #expect(try await server.client.get("/api/v1/providers", token: token).text == before)
        }
    }

    @Test
    func customersWhoWouldLikeToManage() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()

            let answer = try await server.client.post(
                "/api/v1/providers", token: token, ["givenName": "Clara", "familyName": "Conrad"])

            #expect(answer.status == 403)
            #expect(try answer.problemCode() == "forbidden")
        }
    }
}
