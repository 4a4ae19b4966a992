import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Where appointments take place, through the API.
struct LocationTests {
    @Test(arguments: TestEngine.allCases)
    func theStaffKeepLocationsThatEverybodySees(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let vienna = try await school.makeLocation(School.vienna)
            let graz = try await school.makeLocation(School.graz)
            try await school.customer.post("/api/v1/locations", School.graz).expect(403)

            let listed = try await school.anonymous.get("/api/v1/locations").expect(200)["items"]?.array ?? []
            #expect(listed.compactMap { $0["name"]?.string } == ["Graz", "Wien"])
            let shown = try await school.anonymous.get("/api/v1/locations/\(graz)").expect(200)
            #expect(shown["addressLines"]?.array == ["Herrengasse 1", "8010 Graz"])
            #expect(shown["coordinates"]?["latitude"]?.double == 47.0707)
            #expect(shown["timeZone"]?.string == "Europe/Berlin")

            let changed = try await school.put(
                "locations/\(graz)", School.graz.with("name", "Graz-Mitte").with("timeZone", "Europe/Vienna")
            ).expect(200)
            #expect(changed["name"]?.string == "Graz-Mitte" && changed["version"]?.int == 2)
            #expect(changed["timeZone"]?.string == "Europe/Vienna")
            try await school.put("locations/\(graz)", School.graz, version: 1).expect(412)

            let gone = await school.admin.send(
                "DELETE", "/api/v1/locations/\(vienna)", headers: [("If-Match", "*")])
            #expect(gone.status == 200)
            try await school.anonymous.get("/api/v1/locations/\(vienna)").expect(404)
        }
    }

    @Test(
        arguments: [
            (["latitude": 90.5, "longitude": 0], "/coordinates/latitude"),
            (["latitude": 0, "longitude": -180.5], "/coordinates/longitude"),
            (["latitude": 1], "/coordinates/longitude"),
        ] as [(JSON, String)])
    func coordinatesAreOnTheEarth(_ coordinates: JSON, _ pointer: String) async throws {
        try await withSchool(.sqlite) { school in
            let answer = await school.admin.post(
                "/api/v1/locations", ["name": "Nirgends", "coordinates": coordinates])
            #expect(answer.status == 422)
            #expect(answer.json["errors"]?.array?.first?["pointer"]?.string == pointer)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsInUseIsNotArchived(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let type = try await school.makeEventType("graz", at: [graz])
            func archive() async -> APIAnswer {
                await school.admin.send("DELETE", "/api/v1/locations/\(graz)", headers: [("If-Match", "*")])
            }
            #expect(await archive().code == "location_in_use")
            _ = await school.admin.send("DELETE", "/api/v1/event-types/\(type)", headers: [("If-Match", "*")])
            try await school.schedule(
                "weekly-rules", of: school.first,
                [["weekday": 2, "start": "09:00", "end": "12:00", "location": .string(graz)]]
            ).expect(200)
            #expect(await archive().code == "location_in_use")
            try await school.schedule("weekly-rules", of: school.first, []).expect(200)
            #expect(await archive().status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func waysAreStatedOrComputed(_ engine: TestEngine) async throws {
        try await withSchool(engine, settings: ["defaults": ["travelKilometersPerHour": 60]]) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            let hidden = try await school.makeLocation(["name": "Anderswo"])
            func ways(_ from: String) async throws -> [String] {
                let items = try await school.admin.get("/api/v1/locations/\(from)/travel-times").expect(200)["items"]
                return items?.array?.map { "\($0["minutes"]?.int ?? -1) \($0["source"]?.string ?? "")" } ?? []
            }
            // By name: Anderswo, Graz, Wien. 144.6 km at 60 km/h.
            #expect(try await ways(graz) == ["0 unknown", "145 computed"])
            #expect(try await ways(hidden) == ["0 unknown", "0 unknown"])
            try await school.sayWay(graz, vienna, 150)
            #expect(try await ways(graz) == ["0 unknown", "150 stated"])
            #expect(try await ways(vienna) == ["0 unknown", "150 statedBack"])
            try await school.sayWay(vienna, graz, 170)
            #expect(try await ways(graz).last == "150 stated")
            #expect(try await ways(vienna).last == "170 stated")
            try await school.customer.get("/api/v1/locations/\(graz)/travel-times").expect(403)

            let wrong = await school.put(
                "locations/\(graz)/travel-times",
                ["travelTimes": [["to": .string(graz), "minutes": 1], ["to": .string(school.first), "minutes": 1]]])
            #expect(wrong.json["errors"]?.array?.compactMap { $0["code"]?.string } == ["conflict", "unknown_location"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEventTypeSaysWhereItTakesPlace(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let video: JSON = ["kind": "video", "link": "https://meet.example/abc"]
            try await school.replaceLesson(["place": video])
            let path = "/api/v1/event-types/\(school.lesson)"
            #expect(try await school.admin.get(path).expect(200)["place"]?["link"]?.string != nil)
            let seen = try await school.customer.get(path).expect(200)["place"]
            #expect(seen?["kind"]?.string == "video" && seen?["link"] == nil)
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)
            #expect(booking["place"]?["link"]?.string == "https://meet.example/abc")

            func fault(_ place: JSON, _ capacity: Int = 1) async -> String? {
                let lesson = School.lesson.with("providers", [.string(school.first)]).with("place", place)
                    .with("capacity", .number(JSONNumber(capacity)))
                let answer = await school.put("event-types/\(school.lesson)", lesson)
                return answer.json["errors"]?.array?.first?["pointer"]?.string
            }
            #expect(await fault(["kind": "location"]) == "/place/locations")
            #expect(await fault(["kind": "phone", "locations": [.string(graz)]]) == "/place/locations")
            #expect(await fault(["kind": "location", "locations": [.string(school.first)]]) == "/place/locations/0")
            #expect(
                await fault(["kind": "location", "locations": [.string(graz), .string(graz)]]) == "/place/locations/1")
            #expect(await fault(["kind": "video", "link": "javascript:alert(1)"]) == "/place/link")
            #expect(await fault(["kind": "phone", "link": "https://meet.example/abc"]) == "/place/link")
            #expect(await fault(["kind": "customer"], 3) == "/capacity")
        }
    }
}
