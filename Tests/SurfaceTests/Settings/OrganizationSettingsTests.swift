import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel
@testable import AlmanacSurface

/// What organizations choose for themselves.
struct OrganizationSettingsTests {
    private static let target = "/api/v1/settings/clinic"
    private static let manifest: SettingsNode = ["house": ["noticeMinutes": 7, "tone": "warm"]]

    private func withClinic(
        _ engine: TestEngine, locked: [String] = [], _ body: (APIClient, TestPlatform) async throws -> Void
    ) async throws {
        let enabled = [EnabledPlugin(Clinic.id, settings: Self.manifest, locked: locked.map { LockedSetting($0) })]
        try await withPlatform(engine, plugins: [Clinic.self], enabled: enabled) { platform in
            try await body(try await platform.client(as: .admin), platform)
        }
    }

    private func choose(_ client: APIClient, _ settings: JSON, seen match: String? = "*") async -> APIAnswer {
        await client.send(
            "PATCH", Self.target, json: ["settings": settings], headers: match.map { [("If-Match", $0)] } ?? [])
    }

    /// Key, value and source of each setting.
    private func lines(_ answer: APIAnswer) throws -> [String] {
        try (answer.expect(200)["settings"]?.array ?? []).map { setting in
            "\(setting["key"]?.string ?? "?") \(setting["value"]?.text ?? "?") \(setting["source"]?.string ?? "?")"
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsChosenComesBeforeTheManifestAndThatBeforeTheProgram(_ engine: TestEngine) async throws {
        try await self.withClinic(engine) { client, platform in
            let before = await client.get(Self.target)
            #expect(
                try self.lines(before) == [
                    "noticeMinutes 7 deployment", "windowMinutes 60 builtIn", #"tone "warm" deployment"#,
                    "greeting null builtIn", "isOpen true builtIn",
                ])
            let changed = await self.choose(client, ["noticeMinutes": 9, "greeting": "Servus", "isOpen": false])
            #expect(
                try self.lines(changed) == [
                    "noticeMinutes 9 organization", "windowMinutes 60 builtIn", #"tone "warm" deployment"#,
                    #"greeting "Servus" organization"#, "isOpen false organization",
                ])
            let north = try await Clinic.house(platform)
            let south = try await Clinic.house(platform, in: .south)
            #expect([north.noticeMinutes, south.noticeMinutes] == [9, 7])
            #expect([north.isOpen, south.isOpen] == [false, true])
            #expect(north.greeting == "Servus" && north.tone == .warm)

            let taken = await self.choose(client, ["noticeMinutes": .null, "greeting": .null])
            #expect(try self.lines(taken).first == "noticeMinutes 7 deployment")
            #expect(try await Clinic.house(platform).noticeMinutes == 7)
            #expect([changed.version, taken.version] == [2, 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotBeIsRefusedAllAtOnceAndNothingChanges(_ engine: TestEngine) async throws {
        try await self.withClinic(engine, locked: ["windowMinutes"]) { client, platform in
            let many = await self.choose(
                client,
                ["noticeMinute": 1, "noticeMinutes": "9", "windowMinutes": 90, "isOpen": "yes", "a/b~c": 1])
            try many.expect(422, code: "invalid_settings")
            #expect(
                many.fieldErrors == [
                    "/settings/a~1b~0c unknown_setting", "/settings/isOpen invalid_setting",
                    "/settings/noticeMinute unknown_setting", "/settings/noticeMinutes invalid_setting",
                    "/settings/windowMinutes setting_locked",
                ])
            for (choice, field) in [
                (["noticeMinutes": 101], "/settings/noticeMinutes invalid_setting"),
                (["noticeMinutes": 60], "/settings/noticeMinutes invalid_setting"),
                (["noticeMinutes": 1.5], "/settings/noticeMinutes invalid_setting"),
                (["tone": "rude"], "/settings/tone invalid_setting"),
                (["noticeMinutes": ["x": 1]], "/settings/noticeMinutes invalid_setting"),
            ] as [(JSON, String)] {
                let answer = await self.choose(client, choice)
                #expect(answer.fieldErrors == [field], "\(choice)")
            }
            try await client.send("PATCH", Self.target, json: ["setting": [:]], headers: [("If-Match", "*")]).expect(
                422)
            let house = try await Clinic.house(platform)
            #expect(house.noticeMinutes == 7 && house.windowMinutes == 60)
            let after = await client.get(Self.target)
            #expect(after.version == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoChangesHasSeenTheVersion(_ engine: TestEngine) async throws {
        try await self.withClinic(engine) { client, _ in
            try await self.choose(client, ["noticeMinutes": 8], seen: nil).expect(428)
            let first = await client.get(Self.target)
            let seen = try #require(first.response.header("etag"))
            try await self.choose(client, ["noticeMinutes": 8], seen: seen).expect(200)
            try await self.choose(client, ["noticeMinutes": 9], seen: seen).expect(412, code: "version_changed")

            let current = await client.get(Self.target)
            let tag = try #require(current.response.header("etag"))
            let answers = await withTaskGroup(of: Int.self) { group in
                for minutes in 10..<60 {
                    group.addTask {
                        await self.choose(client, ["noticeMinutes": .number(JSONNumber(minutes))], seen: tag).status
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == 200 }.count == 1)
            #expect(answers.filter { $0 == 412 }.count == 49)
            let last = await client.get(Self.target)
            #expect(last.version == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyWhoManagesSettingsSeesThem(_ engine: TestEngine) async throws {
        try await self.withClinic(engine) { admin, platform in
            let (customer, stranger) = (try await platform.client(as: .customer), try await platform.client())
            for client in [customer, stranger] {
                let status = client.headers.count > 1 ? 403 : 401
                try await client.get(Self.target).expect(status)
                try await client.get("/api/v1/settings").expect(status)
                try await self.choose(client, ["noticeMinutes": 1]).expect(status)
            }
            try await admin.get("/api/v1/settings/nothing").expect(404)
            let all = try await admin.get("/api/v1/settings").expect(200)
            #expect(all["items"]?.array?.compactMap { $0["plugin"]?.string } == ["clinic"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyChangeLeavesItsTrace(_ engine: TestEngine) async throws {
        try await self.withClinic(engine) { client, platform in
            try await self.choose(client, ["noticeMinutes": 8, "tone": "plain"]).expect(200)
            let organization = try platform.organization().id
            let entries: [[UInt8]] = try await platform.runtime.database.read(in: .organization(organization)) { tx in
                try tx.values(
                    """
                    SELECT canonical FROM \(AuditTrail.table)
                    WHERE organization_id = \(organization) AND action = 'kernel.settings.changed'
                    """)
            }
            let entry = try #require(try entries.first.map { try JSON(parsing: $0) })

            #expect(entries.count == 1)
            #expect(entry["detail"]?["plugin"]?.string == "clinic")
            #expect(
                entry["changes"] == [
                    ["field": "noticeMinutes", "from": 7, "to": 8], ["field": "tone", "from": "warm", "to": "plain"],
                ])
        }
    }

    @Test func theDocumentSaysWhatASettingLooksLike() async throws {
        try await self.withClinic(.sqlite, locked: ["tone"]) { client, _ in
            let settings = try await client.get(Self.target).expect(200)["settings"]
            let (notice, tone) = (settings?[0], settings?[2])

            #expect(notice?["about"]?.string == "Minutes of notice")
            #expect(notice?["type"]?.string == "integer")
            #expect(notice?["minimum"]?.int == 0 && notice?["maximum"]?.int == 100)
            #expect(notice?["builtIn"]?.int == 5 && notice?["locked"]?.bool == false)
            #expect(tone?["choices"]?.array == ["warm", "plain"] && tone?["locked"]?.bool == true)
        }
    }
}
