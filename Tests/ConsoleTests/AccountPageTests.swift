import AlmanacStorage
import AlmanacTestKit
import Testing

/// The visitor's own account: a second factor without any other program than the console.
struct AccountPageTests {
    private func post(_ browser: Browser, _ page: Browser.Page, _ fields: [(String, String)]) async -> Browser.Page {
        await browser.submit(page, to: "/console/account", fields)
    }

    @Test(arguments: TestEngine.allCases)
    func aFactorIsSetUpWithThePasswordOnly(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .customer)
            let page = await browser.get("/console/account")
            #expect(page.status == 200)
            #expect(page.text.contains("<span class=\"badge neutral\">Off</span>"))
            let wrong = await self.post(browser, page, [("do", "set-up"), ("password", "wrong")])
            #expect(wrong.status >= 400)
            #expect(wrong.text.contains("role=\"alert\""))
            #expect(!wrong.text.contains("otpauth"))
            let key = await self.post(browser, wrong, [("do", "set-up"), ("password", TestMember.password)])
            #expect(key.status == 200)
            #expect(key.text.contains("otpauth://totp/"))
            #expect(key.text.contains("<svg class=\"scan\" viewBox=\"0 0 "))
            #expect(!key.text.contains(TestMember.password))
            let refused = await self.post(browser, key, [("do", "confirm"), ("code", "000000")])
            #expect(refused.status >= 400)
            #expect(refused.text.contains("autocomplete=\"one-time-code\""))
            // The key is shown once.
            #expect(!refused.text.contains("otpauth"))
            let forged = await browser.post("/console/account", [("do", "remove"), ("password", TestMember.password)])
            #expect(forged.status == 403)
            let unknown = await self.post(browser, refused, [("do", "something")])
            #expect(unknown.status == 404)
        }
    }

    @Test func whoHasNotSignedInHasNoAccount() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self]) { platform in
            let answer = await Browser(try platform.apiWithConsole()).get("/console/account")
            #expect(answer.status == 303)
        }
    }
}
