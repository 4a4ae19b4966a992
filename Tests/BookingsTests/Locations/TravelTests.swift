import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// The way between two places keeps appointments apart: in what is offered, booked, held, moved and explained.
struct TravelTests {
    /// A school where lessons of an hour are given in two cities, two hours and a half apart.
    private func cities(_ school: School, minutes: Int = 150) async throws -> (graz: String, vienna: String) {
        let graz = try await school.makeLocation(School.graz)
        let vienna = try await school.makeLocation(School.vienna)
        try await school.sayWay(graz, vienna, minutes)
        try await school.makeEventType("graz", at: [graz])
        try await school.makeEventType("vienna", at: [vienna])
        return (graz, vienna)
    }

    @Test(arguments: TestEngine.allCases)
    func theWayToTheNextPlaceIsLeftFree(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await self.cities(school)
            try await school.book("graz", School.tuesday(12), with: school.first, [:]).expect(201)

            // Twelve to one in Graz: in Vienna until half past nine, or from half past three.
            #expect(try await school.hours("vienna", of: school.first) == [16])
            #expect(try await school.hours("graz", of: school.first) == [9, 10, 11, 13, 14, 15, 16])
            // Who speaks on the telephone is nowhere.
            #expect(try await school.hours("lesson", of: school.first) == [9, 10, 11, 13, 14, 15, 16])
            #expect(try await school.hours("vienna", of: school.second).count == 8)
            for (hour, status) in [(13, 409), (15, 409), (16, 201)] {
                let answer = await school.book("vienna", School.tuesday(hour), with: school.first, [:])
                #expect(answer.status == status)
                if status == 409 { #expect(answer.code == "slot_taken") }
            }
            // Now both neighbors decide.
            #expect(try await school.hours("graz", of: school.first) == [9, 10, 11])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWayThatNobodyHasStatedIsComputed(_ engine: TestEngine) async throws {
        // 144.6 km at 100 km/h: 87 minutes.
        try await withSchool(engine, settings: ["defaults": ["travelKilometersPerHour": 100]]) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            try await school.makeEventType("graz", at: [graz])
            try await school.makeEventType("vienna", at: [vienna])
            try await school.book("graz", School.tuesday(12), with: school.first, [:]).expect(201)
            #expect(try await school.hours("vienna", of: school.first) == [9, 15, 16])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func customersAreEachSomewhereElse(_ engine: TestEngine) async throws {
        try await withSchool(engine, settings: ["defaults": ["customerTravelMinutes": 60]]) { school in
            _ = try await self.cities(school)
            try await school.makeEventType("home", ["place": ["kind": "customer"]])
            let address: JSON = ["addressLines": ["Hauptplatz 5"]]
            try await school.book("home", School.tuesday(12), with: school.first, address).expect(201)

            #expect(try await school.hours("home", of: school.first) == [9, 10, 14, 15, 16])
            #expect(try await school.hours("graz", of: school.first) == [9, 10, 14, 15, 16])
            #expect(try await school.hours("lesson", of: school.first) == [9, 10, 11, 13, 14, 15, 16])
            let refused = await school.book(
                "home", School.tuesday(11), with: school.first, address, as: school.otherCustomer)
            #expect(refused.code == "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsListedIsBookableAndExplained(_ engine: TestEngine) async throws {
        for sharing in ["shared", "summed"] {
            let settings: SettingsNode = sharing == "summed" ? ["bufferSharing": "summed"] : [:]
            try await withSchool(engine, settings: settings) { school in
                let graz = try await school.makeLocation(School.graz)
                let vienna = try await school.makeLocation(School.vienna)
                try await school.sayWay(graz, vienna, 70)
                try await school.sayWay(vienna, graz, 40)
                let members: JSON = [
                    "slotIntervalMinutes": 15, "durationMinutes": 30, "bufferAfterMinutes": 20, "minimumGapMinutes": 15,
                ]
                try await school.makeEventType("graz", at: [graz], members)
                try await school.makeEventType("vienna", at: [vienna], members)
                try await school.book("graz", School.tuesday(12), with: school.first, [:]).expect(201)
                let path = "/api/v1/slots?eventType=vienna&from=2026-03-03&to=2026-03-03&provider=\(school.first)"
                let items = try await school.anonymous.get(path).expect(200)["items"]?.array ?? []
                let listed = Set(items.compactMap { $0["start"]?.string })
                // Before: the way to Graz after half an hour; after: the way from Graz, with buffers as they are shared.
                #expect(!listed.contains(School.tuesday(11)) && listed.contains(School.tuesday(10)))
                #expect(!listed.contains(School.tuesday(13, 30)) && listed.contains(School.tuesday(14, 15)))
                for quarter in 0..<32 {
                    let start = School.tuesday(9, quarter * 15)
                    let explained = try await school.admin.get(
                        "/api/v1/slots/explain?eventType=vienna&provider=\(school.first)&at=\(start)"
                    ).expect(200)
                    #expect(explained["offered"]?.bool == listed.contains(start), "\(sharing) \(start): \(explained)")
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theReasonIsNamedWithTheWay(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await self.cities(school)
            let booking = try await school.book("graz", School.tuesday(12), with: school.first, [:]).expect(201)
            func reasons(_ hour: Int) async throws -> [JSON] {
                let path =
                    "/api/v1/slots/explain?eventType=vienna&provider=\(school.first)&at=\(School.tuesday(hour))"
                let parts = try await school.admin.get(path).expect(200)["parts"]?.array
                return parts?.first?["reasons"]?.array ?? []
            }
            let tooClose = try await reasons(14)
            #expect(tooClose.filter { $0["allows"]?.bool == false }.compactMap { $0["rule"]?.string } == ["travel"])
            let claim = tooClose.first { $0["rule"]?.string == "travel" }?["claims"]?.array?.first
            #expect(claim?["booking"]?.string == booking.id && claim?["travelMinutes"]?.int == 150)
            let taken = try await reasons(12)
            #expect(taken.filter { $0["allows"]?.bool == false }.compactMap { $0["rule"]?.string } == ["taken"])
            #expect(try await reasons(16).allSatisfy { $0["allows"]?.bool == true })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMovesABookingGetsThereInTime(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await self.cities(school)
            try await school.book("graz", School.tuesday(12), with: school.first, [:]).expect(201)
            let other = try await school.book("vienna", School.march(4, 12), with: school.first, [:]).expect(201)
            #expect(await school.move(other.id, to: School.tuesday(14)).code == "slot_taken")
            try await school.move(other.id, to: School.tuesday(16)).expect(200)
            // Its own time does not stand in its way.
            #expect(await school.move(other.id, to: School.tuesday(15)).code == "slot_taken")
            try await school.move(other.id, to: School.march(4, 12)).expect(200)
            #expect(try await school.hours("vienna", of: school.first) == [16])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func holdsCountAndCoHostsTravelToo(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let (graz, _) = try await self.cities(school)
            try await school.makeEventType("together", at: [graz], ["hosting": ["mode": "all"]])
            try await school.customer.post(
                "/api/v1/holds",
                ["eventType": "vienna", "start": .string(School.tuesday(12)), "provider": .string(school.second)]
            ).expect(201)
            let path = "/api/v1/slots?eventType=together&from=2026-03-03&to=2026-03-03"
            let items = try await school.anonymous.get(path).expect(200)["items"]?.array ?? []
            #expect(items.compactMap { $0["start"]?.string } == [School.tuesday(16)])
            let refused = await school.book("together", School.tuesday(14), [:], as: school.otherCustomer)
            #expect(refused.code == "slot_taken")
            try await school.book("together", School.tuesday(16), [:], as: school.otherCustomer).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionIsJoinedWhereItIs(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let graz = try await school.makeLocation(School.graz)
            let vienna = try await school.makeLocation(School.vienna)
            try await school.makeEventType("class", at: [graz, vienna], ["capacity": 5])
            try await school.book("class", School.tuesday(12), with: school.first, ["location": .string(graz)]).expect(
                201)
            let elsewhere = await school.book(
                "class", School.tuesday(12), with: school.first, ["location": .string(vienna)],
                as: school.otherCustomer)
            #expect(elsewhere.code == "slot_taken")
            try await school.book(
                "class", School.tuesday(12), with: school.first, ["location": .string(graz)], as: school.otherCustomer
            ).expect(201)
        }
    }
}
