import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct SettingsPageTests {
    private static let page = "/console/settings/house"

    private func withHouse(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [House.self], enabled: [House.enabled]) { try await body($0) }
    }

    @Test(arguments: TestEngine.allCases)
    func eachSettingHasAControlOfItsKind(_ engine: TestEngine) async throws {
        try await self.withHouse(engine) { platform in
            let page = await (try await platform.browser(as: .admin)).get(Self.page)
            #expect(page.status == 200)
            #expect(page.text.contains("<input id=\"noticeMinutes\" name=\"noticeMinutes\" type=\"number\" value=\"\""))
            #expect(page.text.contains("placeholder=\"7\""))
            #expect(page.text.contains("min=\"0\" max=\"100\""))
            #expect(page.text.contains("Minutes of notice. Default: 7. Range: 0–100."))
            #expect(page.text.contains("<option value=\"\" selected>Default: Plain</option>"))
            #expect(page.text.contains("<option value=\"\" selected>Default: Yes</option>"))
            // What is locked has no control.
            #expect(!page.text.contains("name=\"windowMinutes\""))
            #expect(page.text.contains("<strong>90</strong>"))
            #expect(page.text.contains("Fixed by the operator."))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChoiceIsSavedAndTakenBack(_ engine: TestEngine) async throws {
        try await self.withHouse(engine) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get(Self.page)
            let fields = [("noticeMinutes", "9"), ("tone", "warm"), ("greeting", "Hi <b>"), ("isOpen", "false")]
            let saved = await browser.submit(form, to: Self.page, fields)
            #expect(saved.status == 303)
            #expect(saved.header("location") == "\(Self.page)?did=saved")
            let client = try await platform.client(as: .admin)
            let read = try await client.get("/api/v1/settings/house").expect(200)
            let values = (read["settings"]?.array ?? []).map {
                "\($0["value"]?.text ?? "") \($0["source"]?.string ?? "")"
            }
            #expect(
                values == [
                    "9 organization", "90 deployment", #""warm" organization"#, #""Hi <b>" organization"#,
                    "false organization",
                ])
            let after = await browser.get(Self.page)
            #expect(after.text.contains("value=\"9\""))
            #expect(after.text.contains("value=\"Hi &lt;b&gt;\""))

            // The same form once more names a version that is gone.
            let late = await browser.submit(form, to: Self.page, [("noticeMinutes", "11")])
            #expect(late.status == 412)
            #expect(late.text.contains("Somebody has changed this meanwhile"))

            let emptied = await browser.submit(
                after, to: Self.page, [("noticeMinutes", ""), ("tone", ""), ("greeting", ""), ("isOpen", "")])
            #expect(emptied.status == 303)
            let back = try await client.get("/api/v1/settings/house").expect(200)
            #expect(back["settings"]?.array?.allSatisfy { $0["source"]?.string != "organization" } == true)

            let audit = try await client.get("/api/v1/audit?action=kernel.settings.changed").expect(200)
            #expect(audit["items"]?.array?.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsSaidAtItsField(_ engine: TestEngine) async throws {
        try await self.withHouse(engine) { platform in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get(Self.page)
            let wrong = await browser.submit(form, to: Self.page, [("noticeMinutes", "500"), ("greeting", "kept")])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("id=\"noticeMinutes-error\""))
            #expect(wrong.text.contains("aria-invalid=\"true\""))
            #expect(wrong.text.contains("value=\"kept\""))
            let locked = await browser.submit(form, to: Self.page, [("windowMinutes", "100")])
            #expect(locked.status == 303)
            let client = try await platform.client(as: .admin)
            let read = try await client.get("/api/v1/settings/house").expect(200)
            #expect(read["version"]?.int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyInADeploymentOfOneIsTheManifestNamed(_ engine: TestEngine) async throws {
        try await self.withHouse(engine) { platform in
            let client = try await platform.client(as: .admin)
            let shared = try await client.get("/api/v1/settings/house").expect(200)
            #expect(shared["settings"]?.array?.allSatisfy { $0["place"]?.isNull != false } == true)
            #expect(!shared.text.contains("plugins.yaml"))

            try await platform.leaveOneOrganization()
            let alone = try await client.get("/api/v1/settings/house").expect(200)
            let places = (alone["settings"]?.array ?? []).map { $0["place"]?["line"]?.int }
            #expect(places == [4, 9, nil, nil, nil])
            let page = await (try await platform.browser(as: .admin)).get(Self.page)
            #expect(page.text.contains("Fixed by the operator in conf/plugins.yaml:9."))
            #expect(page.text.contains("Default: 7 (conf/plugins.yaml:4)."))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotChangeSettingsFindsNothing(_ engine: TestEngine) async throws {
        try await self.withHouse(engine) { platform in
            let provider = try await platform.browser(as: .provider)
            let page = await provider.get(Self.page)
            #expect(page.status == 404)
            let own = await provider.get("/console/sessions-of-mine")
            #expect(!own.text.contains("/console/settings"))
            let admin = try await platform.browser(as: .admin)
            let form = await admin.get(Self.page)
            let forged = await admin.post(Self.page, [("noticeMinutes", "9")])
            #expect(form.status == 200 && forged.status == 403)
        }
    }
}
