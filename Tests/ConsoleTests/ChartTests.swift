import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

@testable import AlmanacConsole

struct ChartTests {
    private func make(_ platform: TestPlatform, _ count: Int) async throws -> [String] {
        let client = try await platform.client(as: .admin)
        var ids: [String] = []
        for number in 1...count {
            let made = await client.post(
                "/api/v1/ext/notices/notices",
                ["title": "Notice \(number)", "price": ["amount": 150, "currency": "EUR"]])
            ids.append(try #require(try made.expect(201)["id"]?.string))
        }
        return ids
    }

    @Test(arguments: TestEngine.allCases)
    func theFirstPageShowsFiguresAndCharts(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let ids = try await self.make(platform, 3)
            let client = try await platform.client(as: .admin)
            try await client.post("/api/v1/ext/notices/notices/\(ids[0])/publish").expect(200)
            let browser = try await platform.browser(as: .admin)

            let home = await browser.get("/console")
            #expect(home.status == 200)
            #expect(home.text.contains("<h1>Today</h1>"))
            #expect(home.text.contains("<a href=\"/console/notices?state=draft\">Drafts</a>"))
            #expect(home.text.contains("<p class=\"figure-number\">2</p>"))
            #expect(home.text.contains("<title>Draft: 2</title>"))
            #expect(home.text.contains("<th scope=\"row\">Published</th><td class=\"end number\">1</td>"))
            #expect(home.text.contains("role=\"img\" aria-label=\"By state. Highest: 2, Draft\""))
            #expect(!home.text.contains("Prices per day"))
            #expect(!home.text.contains("style="))
            #expect(home.text.contains("href=\"/console\" aria-current=\"page\""))

            let list = await browser.get("/console/notices")
            #expect(list.text.contains("href=\"/console/notices/-/charts\""))
            let charts = await browser.get("/console/notices/-/charts")
            #expect(charts.text.contains("Prices per day"))
            #expect(charts.text.contains("Total €4.50"))
            #expect(charts.text.contains("<polyline points=\"5,0.0\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLongListIsCountedOverItsPages(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            _ = try await self.make(platform, 103)
            let home = await (try await platform.browser(as: .admin)).get("/console")
            #expect(home.text.contains("<p class=\"figure-number\">103</p>"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotListThemSeesNoChart(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let customer = try await platform.browser(as: .customer)
            let home = await customer.get("/console")
            #expect(home.status == 303)
            let charts = await customer.get("/console/notices/-/charts")
            #expect(charts.status == 404)
            let own = await customer.get("/console/sessions-of-mine")
            #expect(!own.text.contains("href=\"/console\">Today"))
            // A resource without charts has no page of them.
            let admin = try await platform.browser(as: .admin)
            let none = await admin.get("/console/users/-/charts")
            #expect(none.status == 404)
        }
    }

    @Test func barsStandOnZero() {
        let drawing = ChartDrawing([4, 0, -1])
        #expect(drawing.width == 30)
        #expect(drawing.bars.map(\.y) == ["0.0", "80.0", "80.0"])
        #expect(drawing.bars.map(\.height) == ["80.0", "0.0", "20.0"])
        #expect(drawing.line == "5,0.0 15,80.0 25,100.0")
        #expect(ChartDrawing([0, 0]).bars.map(\.height) == ["0.0", "0.0"])
        #expect(ChartDrawing([]).width == 10)
    }
}
