import AlmanacStorage
import AlmanacTestKit
import Testing

/// Where bookings take place, as customers choose it and as it was agreed.
struct PlaceTests {
    @Test(arguments: TestEngine.allCases)
    func aBookingKeepsThePlaceThatWasAgreed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            try await school.makeEventType("graz", at: [graz])
            let booking = try await school.book("graz", School.tuesday(9), with: school.first, [:]).expect(201)
            try await school.put("locations/\(graz)", School.graz.with("name", "Neu")).expect(200)

            let shown = try await school.customer.get("/api/v1/bookings/\(booking.id)").expect(200)
            #expect(shown["place"] == booking["place"])
            #expect(shown["place"]?["kind"]?.string == "location" && shown["place"]?["name"]?.string == "Graz")
            #expect(shown["place"]?["addressLines"]?.array == ["Herrengasse 1", "8010 Graz"])
            let moved = try await school.move(booking.id, to: School.tuesday(11)).expect(200)
            #expect(moved["place"] == booking["place"])

            let list = try await school.admin.get("/api/v1/bookings?location=\(graz)").expect(200)["items"]?.array
            #expect(list?.map(\.id) == [booking.id])
            let file = await school.customer.get("/api/v1/bookings/\(booking.id)/calendar.ics")
            let text = String(decoding: file.body, as: UTF8.self).replacing("\r\n ", with: "")
            #expect(text.contains("\r\nLOCATION:Graz\\, Herrengasse 1\\, 8010 Graz\r\n"))
            #expect(text.contains("\r\nGEO:47.070700;15.439500\r\n"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func customersChooseAmongSeveralLocations(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            let other = try await school.makeLocation(["name": "Linz"])
            try await school.makeEventType("both", at: [graz, vienna])
            let slots = "/api/v1/slots?eventType=both&from=2026-03-03&to=2026-03-03"
            #expect(await school.anonymous.get(slots).json["errors"]?.array?.first?["pointer"]?.string == "/location")
            #expect(await school.anonymous.get("\(slots)&location=\(other)").code == "location_not_offered")
            try await school.anonymous.get("\(slots)&location=\(vienna)").expect(200)
            let unplaced = await school.book("lesson", School.tuesday(9), ["location": .string(graz)])
            #expect(unplaced.code == "location_not_chosen")
            #expect(await school.book("both", School.tuesday(9), [:]).code == "required")

            let booking = try await school.book(
                "both", School.tuesday(9), with: school.first, ["location": .string(vienna)]
            ).expect(201)
            #expect(booking["place"]?["location"]?.string == vienna)
            // At the same time, but elsewhere.
            let moved = try await school.reschedule(
                booking.id, to: School.tuesday(9), ["location": .string(graz)]
            ).expect(200)
            #expect(moved["place"]?["location"]?.string == graz && moved["version"]?.int == 2)
            let wrong = await school.reschedule(booking.id, to: School.tuesday(9), ["location": .string(other)])
            #expect(wrong.code == "location_not_offered")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldKeepsItsPlace(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            try await school.makeEventType("both", at: [graz, vienna])
            let hold = try await school.customer.post(
                "/api/v1/holds",
                [
                    "eventType": "both", "start": .string(School.tuesday(9)), "provider": .string(school.first),
                    "location": .string(vienna),
                ]
            ).expect(201)
            #expect(hold["place"]?["location"]?.string == vienna)
            func book(_ members: JSON) async -> APIAnswer {
                await school.book("both", School.tuesday(9), members.with("hold", .string(hold.id)))
            }
            #expect(await book(["location": .string(graz)]).code == "hold_mismatch")
            let booking = try await book([:]).expect(201)
            #expect(booking["place"]?["location"]?.string == vienna)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func weeklyRulesMayNameALocation(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            try await school.makeEventType("both", at: [graz, vienna])
            let rules: JSON = [
                ["weekday": 2, "start": "09:00", "end": "11:00", "location": .string(graz)],
                ["weekday": 2, "start": "13:00", "end": "15:00", "location": .string(vienna)],
                ["weekday": 2, "start": "16:00", "end": "17:00"],
            ]
            let stored = try await school.schedule("weekly-rules", of: school.first, rules).expect(200)
            #expect(stored["weeklyRules"]?.array?.first?["location"]?.string == graz)

            #expect(try await school.hours("both", of: school.first, at: graz) == [9, 10, 16])
            #expect(try await school.hours("both", of: school.first, at: vienna) == [13, 14, 16])
            // What takes place nowhere in particular can be had wherever they are.
            #expect(try await school.hours("lesson", of: school.first) == [9, 10, 13, 14, 16])
            let refused = await school.book(
                "both", School.tuesday(9), with: school.first, ["location": .string(vienna)])
            #expect(refused.code == "outside_availability")
            let unknown = await school.schedule(
                "weekly-rules", of: school.first,
                [["weekday": 2, "start": "09:00", "end": "11:00", "location": .string(school.second)]])
            #expect(unknown.code == "unknown_location")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsAtTheCustomersNeedsAnAddressThatIsErasedWithThem(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("home", ["place": ["kind": "customer"]])
            #expect(await school.book("home", School.tuesday(9), [:]).code == "required")
            let address: JSON = ["Hauptplatz 5", "8020 Graz"]
            let stray = await school.book("lesson", School.tuesday(9), ["addressLines": address])
            #expect(stray.code == "address_not_used")
            let booking = try await school.book(
                "home", School.tuesday(9), with: school.first, ["addressLines": address]
            ).expect(201)
            #expect(booking["place"]?["addressLines"]?.array == address.array)
            let kept = try await school.platform.database.rows("SELECT place FROM {bookings.booking}")
            #expect(!"\(kept)".contains("Hauptplatz"))

            school.platform.clock.advance(minutes: 3 * 1_440)
            _ = try await school.erase(.customer)
            let left = try await school.platform.database.rows(
                "SELECT customer_address FROM {bookings.booking} WHERE customer_address IS NOT NULL")
            #expect(left.isEmpty)
            let admin = try await school.platform.client(as: .admin)
            let after = try await admin.get("/api/v1/bookings/\(booking.id)").expect(200)
            #expect(after["place"]?["addressLines"]?.array == [])
        }
    }
}
