import AlmanacStorage
import AlmanacTestKit
import Testing

/// Providers who travel or are away, through the API.
struct JourneyTests {
    @Test(arguments: TestEngine.allCases)
    func hoursAreMeantWhereTheProviderIs(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let stays: JSON = [["from": "2026-03-03", "to": "2026-03-04", "timeZone": "America/New_York"]]
            let view = try await school.schedule("stays", of: school.first, stays, as: school.instructor).expect(200)
            #expect(view["stays"] == stays)

            // 09:00 in New York is 14:00 UTC.
            let starts = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(starts.first == "2026-03-03T14:00:00Z" && starts.count == 8)
            try await school.book(School.tuesday(9), with: school.first).expect(422, code: "outside_availability")
            let booking = try await school.book("2026-03-03T14:00:00Z", with: school.first).expect(201)
            #expect(booking["timeZone"]?.string == "America/New_York")
            let stored = try await school.platform.database.rows(
                "SELECT local_time, time_zone FROM {bookings.booking}")
            #expect(stored == [["540", "America/New_York"]])
            let home = try await school.move(booking.id, to: School.march(6, 9)).expect(200)
            #expect(home["timeZone"]?.string == "Europe/Berlin")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStandInTakesWhatIsAskedOfWhoIsAway(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let absences: JSON = [
                ["from": "2026-03-03", "to": "2026-03-04", "standIn": .string(school.second), "reason": "Kur"]
            ]
            let view = try await school.schedule("absences", of: school.first, absences, as: school.instructor)
                .expect(200)
            #expect(view["absences"] == absences)

            let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-05&provider=\(school.first)"
            let items = try #require(try await school.anonymous.get(path).expect(200)["items"]?.array)
            #expect(items.prefix(16).allSatisfy { $0["provider"]?.string == school.second })
            #expect(items.dropFirst(16).allSatisfy { $0["provider"]?.string == school.first })
            #expect(items.count == 24)
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)
            #expect(booking["provider"]?.id == school.second)
            try await school.book(School.tuesday(9), with: school.second, as: school.otherCustomer)
                .expect(409, code: "slot_taken")
            #expect(
                try await school.book(School.march(5, 9), with: school.first).expect(201)["provider"]?.id
                    == school.first)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutAStandInWhoGivesItNothingIsOffered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let other = try await School.makeProvider(["familyName": "Vogel"], by: school.admin)
            for standIn in [JSON.null, .string(other)] {
                let absence: JSON = ["from": "2026-03-03", "to": "2026-03-03", "standIn": standIn]
                try await school.schedule("absences", of: school.first, [absence]).expect(200)
                #expect(try await school.starts(on: "2026-03-03", of: school.first).isEmpty)
                try await school.book(School.tuesday(9), with: school.first).expect(422, code: "outside_availability")
            }
            // A stand-in who is away as well is not replaced by theirs.
            try await school.schedule(
                "absences", of: school.first,
                [["from": "2026-03-03", "to": "2026-03-03", "standIn": .string(school.second)]]
            ).expect(200)
            try await school.schedule(
                "absences", of: school.second,
                [["from": "2026-03-03", "to": "2026-03-03", "standIn": .string(school.first)]]
            ).expect(200)
            #expect(try await school.starts(on: "2026-03-03").isEmpty)
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let part: String
        let entries: JSON
        let error: String
        var testDescription: String { "\(self.part) \(self.error)" }
    }

    @Test(arguments: [
        Wrong(
            part: "stays", entries: [["from": "2026-03-03", "to": "2026-03-02", "timeZone": "Asia/Tokyo"]],
            error: "/stays/0/to end_before_start"),
        Wrong(
            part: "stays",
            entries: [
                ["from": "2026-03-03", "to": "2026-03-05", "timeZone": "Asia/Tokyo"],
                ["from": "2026-03-05", "to": "2026-03-06", "timeZone": "UTC"],
            ], error: "/stays/1/from overlap"),
        Wrong(
            part: "stays", entries: [["from": "2026-03-03", "to": "2026-03-04", "timeZone": "Mars/Base"]],
            error: "/stays/0/timeZone invalid"),
        Wrong(
            part: "absences", entries: [["from": "2026-03-03", "to": "2026-03-02"]],
            error: "/absences/0/to end_before_start"),
        Wrong(
            part: "absences",
            entries: [
                [
                    "from": "2026-03-03", "to": "2026-03-03",
                    "standIn": "01900000-0000-7000-8000-000000000000",
                ]
            ], error: "/absences/0/standIn unknown_provider"),
    ])
    func whatMakesNoSenseIsRefused(_ wrong: Wrong) async throws {
        try await withSchool(.sqlite) { school in
            let answer = await school.schedule(wrong.part, of: school.first, wrong.entries)
            #expect(answer.status == 422 && answer.fieldErrors == [wrong.error])
            let selfish: JSON = [["from": "2026-03-03", "to": "2026-03-03", "standIn": .string(school.first)]]
            #expect(
                await school.schedule("absences", of: school.first, selfish).fieldErrors
                    == ["/absences/0/standIn conflict"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyTheirOwnScheduleIsTheInstructors(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            for part in ["stays", "absences", "limits", "holiday-calendars"] {
                try await school.schedule(part, of: school.second, [], as: school.instructor).expect(403)
                try await school.schedule(part, of: school.first, [], as: school.customer).expect(403)
                try await school.schedule(part, of: school.first, [], as: school.instructor).expect(200)
            }
        }
    }
}
