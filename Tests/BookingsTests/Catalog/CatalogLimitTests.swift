import AlmanacStorage
import AlmanacTestKit
import Testing

/// What an event type and the hours of a date may hold at most.
struct CatalogLimitTests {
    private static func lesson(_ slug: String) -> JSON {
        School.lesson.with("slug", .string(slug)).with("providers", [])
    }

    @Test(arguments: TestEngine.allCases)
    func namesAndPricesHaveLimits(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let (long, longer) = (String(repeating: "ß", count: 200), String(repeating: "ß", count: 201))
            func answer(_ input: JSON) async -> APIAnswer { await school.admin.post("/api/v1/event-types", input) }

            try await answer(Self.lesson("long").with("name", .string(long))).expect(201)
            try await answer(Self.lesson("both").with("name", ["de": .string(long), "en": "A"])).expect(201)
            #expect(
                await answer(Self.lesson("longer").with("name", .string(longer))).fieldErrors == ["/name length"])
            #expect(
                await answer(Self.lesson("longer").with("name", ["de": "A", "en": .string(longer)])).fieldErrors
                    == ["/name/en length"])
            for (amount, isTaken) in [(0, true), (100_000_000, true), (-1, false), (100_000_001, false)] {
                let price: JSON = ["amount": .number(JSONNumber(amount)), "currency": "EUR"]
                let slug = "price-\(abs(amount))"
                let given = await answer(Self.lesson(slug).with("price", price))
                #expect(given.status == (isTaken ? 201 : 422), "\(given)")
                #expect(given.fieldErrors == (isTaken ? [] : ["/price/amount range"]))
            }
        }
    }

    @Test func aDateHasSoManyHoursAtMost() async throws {
        try await withSchool(.sqlite) { school in
            func hours(_ count: Int) -> JSON {
                let spans = (0..<count).map { index -> JSON in
                    let (hour, minute) = (index / 4 + 1, index % 4 * 15)
                    func text(_ minute: Int) -> JSON {
                        .string("\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)")
                    }
                    return ["start": text(minute), "end": text(minute + 5)]
                }
                return ["overrides": [["date": "2026-03-03", "hours": .array(spans)]]]
            }
            let path = "/api/v1/providers/\(school.first)/date-overrides"
            let anyVersion = [(name: "If-Match", value: "*")]

            try await school.admin.send("PUT", path, json: hours(48), headers: anyVersion).expect(200)
            let refused = await school.admin.send("PUT", path, json: hours(49), headers: anyVersion)
            try refused.expect(422)
            #expect(refused.fieldErrors == ["/overrides/0/hours items"])
        }
    }
}
