import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import BookingsAPI
import Foundation
import Testing

struct ImportTests {
    /// A school of two instructors and one kind of lesson.
    static let files: [String: String] = [
        "providers.csv": """
        external_id,given_name,family_name,email,phone,time_zone,bio
        brandt,Katrin,Brandt,katrin@example.org,+493023125101,Europe/Berlin,"Klassen B und BE,
        auch auf Englisch."
        yilmaz,Emre,Yılmaz,emre@example.org,,,
        """,
        "weekly_rules.csv": """
        provider,weekday,start,end,valid_from,valid_to
        brandt,tuesday,09:00,12:00,,
        brandt,2,13:00,24:00,2026-01-01,2026-12-31
        yilmaz,wednesday,08:00,16:00,,
        """,
        "date_overrides.csv": """
        provider,date,start,end
        brandt,2026-03-10,,
        brandt,2026-03-11,10:00,11:00
        """,
        "event_types.csv": """
        external_id,slug,name,name:en,duration_minutes,price_amount,price_currency,buffer_before_minutes,\
        buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers
        lesson,fahrstunde,Fahrstunde,Driving lesson,60,6500,EUR,0,0,0,60,60,brandt yilmaz
        """,
        "customers.csv": """
        external_id,given_name,family_name,email,phone,locale
        S1,Lukas,Schneider,lukas@example.com,+493023125200,de
        S2,Marie,Fischer,marie@example.org,,
        """,
        "blocked_times.csv": """
        external_id,provider,start,end,reason
        check-1,brandt,2026-03-03T09:00:00+01:00,2026-03-03T11:00:00+01:00,Hauptuntersuchung
        """,
    ]

    func run(
        _ files: [String: String], on platform: TestPlatform, for organization: OrganizationID? = nil
    ) async throws -> ImportReport {
        let found = platform.runtime.platform.graph.contributions(of: DataImport.self).first
        let data = try #require(found?.item)
        var call = try platform.call(as: nil)
        call.principal = .system("seed")
        if let organization { call.organization = organization }
        let folder = ImportFolder(path: "demo", files: files.mapValues { Array($0.utf8) })
        return try await platform.runtime.invoker.run(data.command, of: .bookings, folder, as: call)
    }

    func counts(_ report: ImportReport) -> [String: [Int]] {
        Dictionary(uniqueKeysWithValues: report.counts.map { ($0.kind, [$0.created, $0.updated, $0.unchanged]) })
    }

    private func rowCounts(_ platform: TestPlatform) async throws -> [String] {
        var found: [String] = []
        for table in ["provider", "weekly_rule", "date_override", "event_type", "customer", "claim"] {
            found.append(try await platform.database.rows("SELECT count(*) FROM {bookings.\(table)}")[0][0] ?? "")
        }
        found.append(try await platform.database.rows("SELECT count(*) FROM {kernel.person}")[0][0] ?? "")
        return found
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsImportedCanBeBooked(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let report = self.counts(try await self.run(Self.files, on: platform))

            #expect(report["providers"] == [2, 0, 0])
            #expect(report["weekly_rules"] == [3, 0, 0])
            #expect(report["date_overrides"] == [2, 0, 0])
            #expect(report["event_types"] == [1, 0, 0])
            #expect(report["customers"] == [2, 0, 0])
            #expect(report["blocked_times"] == [1, 0, 0])
            let customer = try await platform.client(as: .customer)
            let slots = try await customer.get("/api/v1/slots?eventType=fahrstunde&from=2026-03-03&to=2026-03-03")
                .expect(200)["items"]?.array?.compactMap { $0["start"]?.string }
            // The morning is blocked until 11, the last hour begins at 23.
            #expect(slots?.first == School.tuesday(11))
            #expect(slots?.last == School.tuesday(23))
            let input: JSON = ["eventType": "fahrstunde", "start": .string(School.tuesday(13))]
            let booking = try await customer.post("/api/v1/bookings", input).expect(201)
            #expect(booking["provider"]?["name"]?.string == "Katrin Brandt")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSecondImportChangesNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await self.run(Self.files, on: platform)
            let before = try await self.rowCounts(platform)
            let stamp = try await platform.database.rows("SELECT stamp FROM {bookings.catalog}")

            let report = try await self.run(Self.files, on: platform)

            #expect(report.counts.allSatisfy { $0.created == 0 && $0.updated == 0 && $0.unchanged > 0 })
            #expect(try await self.rowCounts(platform) == before)
            #expect(try await platform.database.rows("SELECT stamp FROM {bookings.catalog}") == stamp)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSecondImportUpdatesByExternalIDAndKeepsTheRest(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await self.run(Self.files, on: platform)
            let changed: [String: String] = [
                "providers.csv": """
                external_id,given_name,family_name,email,phone,time_zone
                brandt,Katrin,Brandt-Weber,katrin@example.org,+493023125101,Europe/Berlin
                """,
                "weekly_rules.csv": "provider,weekday,start,end\nyilmaz,friday,08:00,16:00",
                "event_types.csv": try #require(Self.files["event_types.csv"]).split(separator: "6500")
                    .joined(separator: "7000"),
                "blocked_times.csv": """
                external_id,provider,start,end
                check-1,brandt,2026-03-03T09:00:00+01:00,2026-03-03T10:00:00+01:00
                """,
            ]

            let report = self.counts(try await self.run(changed, on: platform))

            #expect(report["providers"] == [0, 1, 0])
            #expect(report["weekly_rules"] == [0, 1, 0])
            #expect(report["event_types"] == [0, 1, 0])
            #expect(report["blocked_times"] == [0, 1, 0])
            let client = try await platform.client()
            let names = try await client.get("/api/v1/providers").expect(200)["items"]?.array?.compactMap { $0["name"] }
            #expect(names == ["Emre Yılmaz", "Katrin Brandt-Weber"])
            let lesson = try await client.get("/api/v1/event-types/fahrstunde").expect(200)
            #expect(lesson["price"]?["amount"]?.int == 7000)
            // Brandt's rules were not in the file and stay; Yılmaz's were replaced.
            let rules = try await platform.database.rows("SELECT weekday FROM {bookings.weekly_rule} ORDER BY weekday")
            #expect(rules == [["2"], ["2"], ["5"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func reportsEveryBadRowAndImportsNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let before = try await self.rowCounts(platform)
            var files = Self.files
            files["weekly_rules.csv"] = """
                provider,weekday,start,end
                brandt,noday,09:00,12:00
                brandt,tuesday,12:00,09:00
                nobody,monday,09:00,12:00
                yilmaz,monday,09:00,12:00
                yilmaz,monday,11:00,13:00
                """
            files["customers.csv"] = """
                external_id,given_name,family_name,email,phone,locale
                S1,Lukas,Schneider,no address,12345,de
                S1,Marie,,marie@example.org,,Deutsch!
                """
            files["date_overrides.csv"] = """
                provider,date,start,end
                brandt,2026-02-30,,
                brandt,2026-03-10,,
                brandt,2026-03-10,09:00,10:00
                brandt,2026-03-11,09:00,
                """

            let problems = await #expect(throws: CSVProblems.self) { _ = try await self.run(files, on: platform) }

            let places = problems?.listed.map { "\($0.file):\($0.line) \($0.column ?? "-")" } ?? []
            #expect(
                Set(places) == [
                    "demo/weekly_rules.csv:2 weekday", "demo/weekly_rules.csv:3 end",
                    "demo/weekly_rules.csv:4 provider", "demo/weekly_rules.csv:6 start",
                    "demo/customers.csv:2 email", "demo/customers.csv:2 phone",
                    "demo/customers.csv:3 family_name", "demo/customers.csv:3 locale", "demo/date_overrides.csv:2 date",
                    "demo/date_overrides.csv:3 -", "demo/date_overrides.csv:5 end",
                ])
            #expect(try await self.rowCounts(platform) == before)
        }
    }

    struct BadRow: Sendable, CustomTestStringConvertible {
        let file: String
        let row: String
        let column: String
        var testDescription: String { "\(self.file) \(self.column)" }
    }

    @Test(arguments: [
        BadRow(file: "providers.csv", row: "bad id,A,B,a@example.org,,,", column: "external_id"),
        BadRow(file: "providers.csv", row: "b,A,B,a@example.org,,Mars/Base,", column: "time_zone"),
        BadRow(file: "providers.csv", row: "brandt,A,B,a@example.org,,,", column: "external_id"),
        BadRow(file: "providers.csv", row: "b,A,B,KATRIN@example.org,,,", column: "email"),
        BadRow(
            file: "event_types.csv", row: "x,Bad Slug,N,,60,0,EUR,0,0,0,60,60,brandt", column: "slug"),
        BadRow(file: "event_types.csv", row: "x,fahrstunde,N,,60,0,EUR,0,0,0,60,60,brandt", column: "slug"),
        BadRow(file: "event_types.csv", row: "x,x,N,,4,0,EUR,0,0,0,60,60,brandt", column: "duration_minutes"),
        BadRow(file: "event_types.csv", row: "x,x,N,,60,0,XXX,0,0,0,60,60,brandt", column: "price_currency"),
        BadRow(file: "event_types.csv", row: "x,x,N,,60,0,EUR,0,0,0,60,60,", column: "providers"),
        BadRow(file: "event_types.csv", row: "x,x,N,,60,0,EUR,0,0,0,60,60,nobody", column: "providers"),
        BadRow(
            file: "blocked_times.csv", row: "x,brandt,2026-03-03T10:00:00Z,2026-03-03T09:00:00Z,", column: "end"),
        BadRow(file: "blocked_times.csv", row: "x,brandt,2026-03-03 10:00,2026-03-03T11:00:00Z,", column: "start"),
    ])
    func namesTheColumnThatIsWrong(_ bad: BadRow) async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            var files = Self.files
            files[bad.file] = (files[bad.file] ?? "") + "\n" + bad.row

            let problems = await #expect(throws: CSVProblems.self) { _ = try await self.run(files, on: platform) }

            #expect(problems?.listed.map(\.column) == [bad.column])
        }
    }

    @Test func aSlugOfAnotherEventTypeIsRefused() async throws {
        try await withSchool(.sqlite) { school in
            var files = Self.files
            files["event_types.csv"] = files["event_types.csv"]?.split(separator: ",fahrstunde,")
                .joined(separator: ",lesson,")

            let problems = await #expect(throws: CSVProblems.self) {
                _ = try await self.run(files, on: school.platform)
            }

            #expect(problems?.listed.map(\.column) == ["slug"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func thousandsOfCustomersComeInAtOnce(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(engine, plugins: [Bookings.self], setup: setup) { platform in
            let rows = (1...10_000).map { "C\($0),Given,Family \($0),c\($0)@example.org,,de" }
            let header = "external_id,given_name,family_name,email,phone,locale"

            let report = try await self.run(
                ["customers.csv": ([header] + rows).joined(separator: "\n")], on: platform)

            #expect(self.counts(report)["customers"] == [10_000, 0, 0])
        }
    }

    @Test(arguments: [("driving-school", "de"), ("clinic", "en"), ("retreat-centre", "fr")])
    func theDemoFoldersAreGood(_ vertical: String, _ locale: String) async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("Host/Verticals/\(vertical)/demo")
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".csv") {
            files[name] = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            let organization = try await platform.runtime.organizations.establish(
                slug: vertical, name: vertical, zone: Zone("Europe/Berlin"), locale: locale, currency: "EUR")

            let report = try await self.run(files, on: platform, for: organization.id)

            #expect(report.counts.first { $0.kind == "providers" }?.created ?? 0 > 0)
            #expect(report.counts.first { $0.kind == "event_types" }?.created ?? 0 > 0)
        }
    }
}
