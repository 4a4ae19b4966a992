import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

/// Events of people's calendars that are no bookings.
struct CalendarEventTests {
    private func person(_ member: TestMember, _ school: School) throws -> String {
        try school.platform.person(member).description
    }

    private func make(_ school: School, _ changes: JSONObject = [:], as client: APIClient? = nil) async -> APIAnswer {
        var input: JSONObject = [
            "title": "Theorieprüfung", "place": "TÜV", "start": .string(School.tuesday(10)),
            "end": .string(School.tuesday(12)),
        ]
        for member in changes.members { input[member.name] = member.value }
        return await (client ?? school.instructor).post("/api/v1/calendar-events", .object(input))
    }

    private func entries(_ school: School, of client: APIClient) async throws -> String {
        let path = try #require(try await client.post("/api/v1/me/calendar-feed").expect(201)["path"]?.string)
        let feed = await school.anonymous.get(path)
        return String(decoding: feed.body, as: UTF8.self).replacing("\r\n ", with: "")
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsBusyCannotBeBooked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let all = try await school.starts(on: "2026-03-03", of: school.first)
            let event = try await self.make(school).expect(201)
            let left = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(left == all.filter { ![School.tuesday(10), School.tuesday(11)].contains($0) })
            #expect(await school.book(School.tuesday(10), with: school.first).code == "slot_taken")
            // It is no blocked time of the staff's.
            let blocks = try await school.admin.get("/api/v1/blocked-times").expect(200)["items"]?.array
            #expect(blocks?.isEmpty == true)

            let free = try await school.put(
                "calendar-events/\(event.id)",
                [
                    "title": "Nichts", "busy": false, "start": .string(School.tuesday(10)),
                    "end": .string(School.tuesday(12)),
                ], as: school.instructor, version: 1
            ).expect(200)
            #expect(free["version"]?.int == 2)
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == all)
            let day = try await self.make(
                school, ["start": .null, "end": .null, "startDate": "2026-03-03", "endDate": "2026-03-03"]
            ).expect(201)
            #expect(day["isAllDay"]?.bool == true && day["startDate"]?.string == "2026-03-03")
            #expect(try await school.starts(on: "2026-03-03", of: school.first).isEmpty)
            let gone = await school.instructor.delete("/api/v1/calendar-events/\(day.id)", version: 1)
            #expect(gone.status == 200)
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == all)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func participantsAnswerAndCalendarsShowIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let customer = try self.person(.customer, school)
            let event = try await self.make(school, ["participants": [.string(customer)]]).expect(201)
            #expect(event["participants"]?.array?.first?["answer"]?.string == "needsAction")
            let seen = try await school.customer.get("/api/v1/calendar-events/\(event.id)").expect(200)
            #expect(seen["allowed"]?.array == ["answer"])
            try await school.otherCustomer.get("/api/v1/calendar-events/\(event.id)").expect(404)
            try await school.admin.get("/api/v1/calendar-events/\(event.id)").expect(404)

            let path = "/api/v1/calendar-events/\(event.id)/answer"
            let answered = try await school.customer.post(path, ["answer": "tentative"]).expect(200)
            #expect(answered["version"]?.int == 2)
            #expect(await school.instructor.post(path, ["answer": "accepted"]).code == "not_a_participant")
            for client in [school.customer, school.instructor] {
                let text = try await self.entries(school, of: client)
                #expect(text.contains("\r\nUID:\(event.id)\r\n") && text.contains("\r\nSEQUENCE:0\r\n"))
                #expect(text.contains("PARTSTAT=TENTATIVE;RSVP=FALSE:mailto:\(TestMember.customer.email)\r\n"))
                #expect(text.contains("ORGANIZER;CN="))
            }
            // At another time everybody is asked again, and calendars take the newer state.
            let moved = try await school.put(
                "calendar-events/\(event.id)",
                [
                    "title": "Theorieprüfung", "startDate": "2026-03-05", "endDate": "2026-03-06",
                    "participants": [.string(customer)],
                ], as: school.instructor, version: 2
            ).expect(200)
            #expect(moved["participants"]?.array?.first?["answer"]?.string == "needsAction")
            let text = try await self.entries(school, of: school.customer)
            #expect(text.contains("\r\nSEQUENCE:1\r\n") && text.contains("PARTSTAT=NEEDS-ACTION;RSVP=TRUE"))
            #expect(text.contains("\r\nDTSTART;VALUE=DATE:20260305\r\nDTEND;VALUE=DATE:20260307\r\n"))
            let gone = await school.instructor.delete("/api/v1/calendar-events/\(event.id)", version: 3)
            #expect(gone.status == 200)
            let after = try await self.entries(school, of: school.customer)
            #expect(after.contains("\r\nSTATUS:CANCELLED\r\n") && after.contains("\r\nSEQUENCE:2\r\n"))
            #expect(await school.customer.post(path, ["answer": "accepted"]).code == "event_cancelled")
            let listed = try await school.customer.get("/api/v1/calendar-events").expect(200)["items"]?.array
            #expect(listed?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsTold(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let own = try self.person(.provider, school)
            #expect(await self.make(school, ["end": .null]).code == "time")
            #expect(await self.make(school, ["end": .string(School.tuesday(10))]).code == "end_not_after_start")
            let wrong = await self.make(school, ["participants": [.string(own), .string(school.lesson)]])
            #expect(wrong.fieldErrors == ["/participants/0 duplicate", "/participants/1 unknown_person"])
            try await self.make(school, as: school.customer).expect(403)
            let event = try await self.make(school).expect(201)
            let missed = await school.instructor.delete("/api/v1/calendar-events/\(event.id)", version: 9)
            #expect(missed.status == 412)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsGoByTimeAndPage(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            for day in [5, 3, 4] {
                try await self.make(
                    school,
                    ["start": .string(School.march(day, 10)), "end": .string(School.march(day, 11)), "busy": false]
                ).expect(201)
            }
            let first = try await school.instructor.get("/api/v1/calendar-events?limit=2").expect(200)
            let next = try #require(first["next"]?.string)
            let rest = try await school.instructor.get("/api/v1/calendar-events?limit=2&after=\(next)").expect(200)
            let starts = ((first["items"]?.array ?? []) + (rest["items"]?.array ?? [])).map { $0["start"]?.string }
            #expect(starts == [3, 4, 5].map { School.march($0, 10) })
            let some = try await school.instructor.get("/api/v1/calendar-events?from=2026-03-04&to=2026-03-04")
                .expect(200)
            #expect(some["items"]?.array?.count == 1)
        }
    }
}
