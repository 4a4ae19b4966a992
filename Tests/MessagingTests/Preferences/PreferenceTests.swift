import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// How people say how they want to be told.
struct PreferenceTests {
    private static let own = "/api/v1/me/message-preferences"

    @Test(arguments: TestEngine.allCases)
    func holdWhatIsUsualUntilSomethingIsSaid(_ engine: TestEngine) async throws {
        try await withPractice(engine, settings: ["reminderLeadMinutes": 90]) { practice in
            let customer = try await practice.client(as: .customer)
            let usual = await customer.get(Self.own)
            #expect(try usual.expect(200)["channels"]?.array == ["inApp", "email"])
            #expect(usual.json["availableChannels"]?.array == ["inApp", "email"])
            #expect(usual.json["reminderLeadMinutes"]?.int == 90)
            #expect(usual.version == 1)

            let said: JSON = [
                "channels": ["email"], "quietFrom": "22:00", "quietTo": "07:00", "reminderLeadMinutes": 30,
                "locale": "DE-ch",
            ]
            let answer = await customer.send("PUT", Self.own, json: said, headers: [("If-Match", "\"1\"")])
            #expect(try answer.expect(200)["locale"]?.string == "de-CH")
            #expect(answer.version == 2)
            try await customer.send("PUT", Self.own, json: said, headers: [("If-Match", "\"1\"")]).expect(412)
            let shown = try await customer.get(Self.own).expect(200)
            #expect(shown["quietFrom"]?.string == "22:00")
            #expect(shown["quietTo"]?.string == "07:00")

            // All of it is replaced: what is left out goes back to what is usual.
            try await customer.send("PUT", Self.own, json: [:], headers: [("If-Match", "\"2\"")]).expect(200)
            let back = try await customer.get(Self.own).expect(200)
            #expect(back["channels"]?.array == ["inApp", "email"])
            #expect(back["reminderLeadMinutes"]?.int == 90)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areRefusedWithEverythingThatIsWrong(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let wrong: JSON = ["channels": ["pigeon"], "quietFrom": "22:00", "locale": "no language"]
            let answer = try await practice.client(as: .customer).send(
                "PUT", Self.own, json: wrong, headers: [("If-Match", "*")])
            #expect(
                answer.fieldErrors == [
                    "/channels unknown_channel", "/quietTo quiet_hours_incomplete", "/locale locale_invalid",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areChangedForOthersByTheStaffAlone(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            let path = "/api/v1/message-preferences/\(try north.platform.person(.customer))"
            let said: JSON = ["channels": ["inApp"]]
            try await north.client(as: .customer).send("PUT", path, json: said, headers: [("If-Match", "*")])
                .expect(403)
            try await south.client(as: .admin).send("PUT", path, json: said, headers: [("If-Match", "*")]).expect(404)
            try await north.client(as: .admin).send("PUT", path, json: said, headers: [("If-Match", "*")]).expect(200)
            #expect(
                try await north.client(as: .customer).get(Self.own).expect(200)["channels"]?.array == ["inApp"])
            // The same user is another person in the other organization.
            #expect(
                try await south.client(as: .customer).get(Self.own).expect(200)["channels"]?.array
                    == ["inApp", "email"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areSavedOnceByManyWhoHaveSeenTheSame(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let customer = try await practice.client(as: .customer)
            let statuses = await withTaskGroup(of: Int.self) { group in
                for minutes in 1...50 {
                    group.addTask {
                        await customer.send(
                            "PUT", Self.own, json: ["reminderLeadMinutes": .number(JSONNumber(minutes))],
                            headers: [("If-Match", "\"1\"")]
                        ).status
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 409 || $0 == 412 }.count == 49)
            #expect(await customer.get(Self.own).version == 2)
        }
    }
}
