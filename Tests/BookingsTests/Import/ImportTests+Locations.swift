import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

extension ImportTests {
    private static let locations: [String: String] = [
        "locations.csv": """
        external_id,name,address,latitude,longitude,time_zone
        graz,Graz,Herrengasse 1 | 8010 Graz,47.0707,15.4395,Europe/Vienna
        wien,Wien,,48.2082,16.3738,
        """,
        "travel_times.csv": "from,to,minutes\ngraz,wien,150",
        "providers.csv": """
        external_id,given_name,family_name,email,phone,time_zone
        brandt,Katrin,Brandt,katrin@example.org,+493023125101,Europe/Berlin
        """,
        "weekly_rules.csv": """
        provider,weekday,start,end,location
        brandt,tuesday,09:00,12:00,graz
        brandt,tuesday,13:00,18:00,
        """,
        "event_types.csv": """
        external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,\
        buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers,place,locations
        lesson,lesson,Stunde,60,6500,EUR,0,0,0,60,60,brandt,location,graz wien
        """,
    ]

    @Test(arguments: TestEngine.allCases)
    func locationsAndWaysAreImported(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let first = self.counts(try await self.run(Self.locations, on: platform))
            let again = try await self.run(Self.locations, on: platform)
            #expect(first["locations"] == [2, 0, 0] && first["travel_times"] == [1, 0, 0])
            #expect(again.counts.allSatisfy { $0.created == 0 && $0.updated == 0 })

            let admin = try await platform.client(as: .admin)
            let listed = try await admin.get("/api/v1/locations").expect(200)["items"]?.array ?? []
            #expect(listed.compactMap { $0["name"]?.string } == ["Graz", "Wien"])
            #expect(listed.first?["addressLines"]?.array == ["Herrengasse 1", "8010 Graz"])
            let graz = try #require(listed.first).id
            let ways = try await admin.get("/api/v1/locations/\(graz)/travel-times").expect(200)
            #expect(ways["items"]?.array?.first?["minutes"]?.int == 150)
            func hours(_ location: String) async throws -> Int {
                let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03&location=\(location)"
                return try await admin.get(path).expect(200)["items"]?.array?.count ?? 0
            }
            #expect(try await hours(graz) == 8)
            #expect(try await hours(try #require(listed.last).id) == 5)

            var changed = Self.locations
            changed["locations.csv"] = Self.locations["locations.csv"]?.replacing("Herrengasse 1", with: "Sporgasse 2")
            changed["travel_times.csv"] = "from,to,minutes\ngraz,wien,140\nwien,graz,160"
            let report = self.counts(try await self.run(changed, on: platform))
            #expect(report["locations"] == [0, 1, 1] && report["travel_times"] == [1, 1, 0])
            #expect(report["event_types"] == [0, 0, 1] && report["weekly_rules"] == [0, 0, 2])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsExportedIsImportedUnchanged(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await self.run(Self.locations, on: platform)
            let admin = try await platform.client(as: .admin)
            try await admin.post(
                "/api/v1/locations",
                [
                    "name": "Haus \"B\", Hof", "addressLines": ["Am Bach 2"],
                    "coordinates": ["latitude": -33.5, "longitude": 151.25],
                ]
            ).expect(201)
            var files: [String: String] = [:]
            for (path, file) in [("locations", "locations.csv"), ("travel-times", "travel_times.csv")] {
                let answer = await admin.get("/api/v1/exports/\(path).csv")
                #expect(answer.response.header("content-type") == "text/csv; charset=utf-8")
                files[file] = String(decoding: answer.body, as: UTF8.self)
            }
            #expect(files["travel_times.csv"] == "from,to,minutes\r\ngraz,wien,150\r\n")
            let again = self.counts(try await self.run(files, on: platform))
            #expect(again["locations"] == [0, 0, 3] && again["travel_times"] == [0, 0, 1])
            let customer = try await platform.client(as: .customer)
            try await customer.get("/api/v1/exports/locations.csv").expect(403)
        }
    }

    @Test func whatIsWrongWithALocationIsTold() async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            let wrong = [
                "locations.csv": """
                external_id,name,address,latitude,longitude
                graz,Graz,,47.0,
                wien,Wien,,91,16
                linz,Linz,a | | b,1,1
                """,
                "travel_times.csv": "from,to,minutes\nlinz,linz,1\nlinz,nowhere,1\nlinz,graz,2000",
            ]
            let problems = await #expect(throws: CSVProblems.self) { _ = try await self.run(wrong, on: platform) }
            #expect(problems?.listed.count ?? 0 >= 6)
        }
    }
}
