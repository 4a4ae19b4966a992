import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Why somebody may do something, as a page.
struct ExplainPageTests {
    @Test(arguments: TestEngine.allCases)
    func theAnswerIsShownInWords(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let browser = try await platform.browser(as: .admin)
            let provider = try platform.user(.provider).id
            let page = "/console/explain?user=\(provider)&permission"
            let empty = await browser.get("/console/explain")
            #expect(empty.status == 200)
            #expect(empty.text.contains("<option value=\"notices:read\">"))
            #expect(empty.text.contains("<option value=\"\(provider)\">"))
            let yes = await browser.get("\(page)=notices:read")
            #expect(yes.status == 200)
            #expect(yes.text.contains("<span class=\"badge good\">Allowed</span>"))
            #expect(yes.text.contains("provider"))
            #expect(yes.text.contains("<option value=\"\(provider)\" selected>"))
            let no = await browser.get("\(page)=notices:manage")
            #expect(no.text.contains("<span class=\"badge bad\">Not allowed</span>"))
            let unknown = await browser.get("\(page)=no%3Csuch%3E:thing")
            #expect((400...499).contains(unknown.status))
            #expect(unknown.text.contains("role=\"alert\""))
            #expect(unknown.text.contains("value=\"no&lt;such&gt;:thing\""))
            let user = await browser.get("/console/users/\(provider)")
            #expect(user.text.contains("href=\"/console/explain?user=\(provider)\""))
            let role = await browser.get("/console/roles/provider")
            #expect(role.text.contains("href=\"/console/explain\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotReadRolesFindsNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            for member in [TestMember.customer, .provider] {
                let page = await (try await platform.browser(as: member)).get("/console/explain")
                #expect(page.status == 404)
            }
        }
    }
}
