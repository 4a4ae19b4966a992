import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

/// Holiday calendars from files, and what an import leaves alone.
struct HolidayImportTests {
    private static let files = ImportTests.files.merging([
        "providers.csv": """
        external_id,given_name,family_name,email,phone,time_zone,holiday_calendars
        brandt,Katrin,Brandt,katrin@example.org,+493023125101,Europe/Berlin,bayern
        yilmaz,Emre,Yılmaz,emre@example.org,,,
        """,
        "holiday_calendars.csv": """
        external_id,name,name:en,region
        bayern,Bayern,Bavaria,DE-BY
        """,
        "holidays.csv": """
        calendar,date,name,name:en,start,end
        bayern,2026-03-03,Fasching,Carnival,13:00,15:00
        bayern,2026-03-17,Josefstag,,,
        """,
    ]) { _, new in new }

    private func starts(on date: String, _ platform: TestPlatform) async throws -> [String] {
        let path = "/api/v1/slots?eventType=fahrstunde&from=\(date)&to=\(date)"
        return try await platform.client().get(path).expect(200)["items"]?.array?.compactMap { $0["start"]?.string }
            ?? []
    }

    @Test(arguments: TestEngine.allCases)
    func calendarsComeWithTheirDatesAndThoseWhoKeepThem(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let tests = ImportTests()
            let report = tests.counts(try await tests.run(Self.files, on: platform))
            #expect(report["holiday_calendars"] == [1, 0, 0] && report["holidays"] == [2, 0, 0])
            #expect(try await self.starts(on: "2026-03-03", platform) == [School.tuesday(13), School.tuesday(14)])
            #expect(try await self.starts(on: "2026-03-17", platform).isEmpty)

            let stamp = try await platform.database.rows("SELECT stamp FROM {bookings.catalog}")
            let again = try await tests.run(Self.files, on: platform)
            #expect(again.counts.allSatisfy { $0.created == 0 && $0.updated == 0 && $0.unchanged > 0 })
            #expect(try await platform.database.rows("SELECT stamp FROM {bookings.catalog}") == stamp)

            var changed = ["holidays.csv": "calendar,date,name\nbayern,2026-03-10,Neu"]
            #expect(tests.counts(try await tests.run(changed, on: platform))["holidays"] == [0, 1, 0])
            #expect(try await !self.starts(on: "2026-03-17", platform).isEmpty)
            changed = ["holiday_calendars.csv": "external_id,name\nbayern,Freistaat"]
            #expect(tests.counts(try await tests.run(changed, on: platform))["holiday_calendars"] == [0, 1, 0])
            let admin = try await platform.client(as: .admin)
            let list = try await admin.get("/api/v1/holiday-calendars").expect(200)["items"]?.array
            #expect(list?.first?["version"]?.int == 3 && list?.first?["holidays"]?.int == 1)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let file: String
        let content: String
        let problem: String
        var testDescription: String { self.problem }
    }

    @Test(arguments: [
        Wrong(
            file: "holidays.csv", content: "calendar,date,name\nhessen,2026-03-10,Neu",
            problem: "there is no holiday calendar with the external_id hessen"),
        Wrong(
            file: "holidays.csv", content: "calendar,date,name\nbayern,2026-03-10,a\nbayern,2026-03-10,b",
            problem: "stands on line 2 already"),
        Wrong(
            file: "holidays.csv", content: "calendar,date,name,start,end\nbayern,2026-03-10,a,12:00,",
            problem: "must not be empty when there is a start"),
        Wrong(
            file: "holiday_calendars.csv", content: "external_id,name,region\nbayern,Bayern,Bavaria",
            problem: "a region of ISO 3166"),
        Wrong(
            file: "providers.csv",
            content: """
                external_id,given_name,family_name,email,phone,time_zone,holiday_calendars
                brandt,Katrin,Brandt,katrin@example.org,,,hessen
                """, problem: "there is no holiday calendar with the external_id hessen"),
    ])
    func aBadRowIsNamed(_ wrong: Wrong) async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            var files = Self.files
            files[wrong.file] = wrong.content
            await #expect {
                _ = try await ImportTests().run(files, on: platform)
            } throws: { error in
                "\(error)".contains(wrong.problem)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatFilesHaveNoColumnForStays(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await ImportTests().run(ImportTests.files, on: platform)
            let admin = try await platform.client(as: .admin)
            let shown = try await admin.get("/api/v1/event-types/fahrstunde").expect(200)
            let input = School.lesson.with("slug", "fahrstunde").with("minimumGapMinutes", 30)
                .with("limits", [["period": "week", "minutes": 600]]).with("providers", shown["providers"] ?? [])
            try await admin.send(
                "PUT", "/api/v1/event-types/\(shown.id)", json: input, headers: [("If-Match", "*")]
            ).expect(200)

            _ = try await ImportTests().run(ImportTests.files, on: platform)

            let after = try await admin.get("/api/v1/event-types/fahrstunde").expect(200)
            #expect(after["name"]?.string == "Fahrstunde" || after["name"]?.string == "Driving lesson")
            #expect(after["minimumGapMinutes"]?.int == 30)
            #expect(after["limits"]?.array?.count == 1)
        }
    }
}
