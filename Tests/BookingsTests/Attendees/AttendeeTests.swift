import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Who attends a booking.
struct AttendeeTests {
    private static let canary = "Zuckerwatte"

    @Test(arguments: TestEngine.allCases)
    func whoIsNamedTakesASeat(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 4)

            let id = try await school.bookCourse(["Anna", "Ben"]).expect(201).id
            #expect(try await school.seats(of: id) == [2, 13_000])
            try await school.add("Cleo", to: id).expect(201)
            #expect(try await school.seats(of: id) == [3, 19_500])
            #expect(try await school.attendees(of: id) == ["Anna invited", "Ben invited", "Cleo invited"])
            // One more seat is left, which somebody else takes.
            try await school.bookCourse(as: school.otherCustomer).expect(201)
            let full = await school.add("Dora", to: id)
            try full.expect(409, code: "too_few_seats_left")
            #expect(try await school.seats(of: id) == [3, 19_500])

            #expect(
                try await school.events(of: id) == [
                    "bookings.booking-confirmed", "bookings.booking-seats-changed", "bookings.attendees-changed",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func seatsWithoutANameAreNamedFirst(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 3)
            let id = try await school.bookCourse(["Anna"], seats: 2).expect(201).id

            try await school.add("Ben", to: id).expect(201)
            #expect(try await school.seats(of: id) == [2, 13_000])
            let single = try await school.book(School.tuesday(13)).expect(201).id
            try await school.add("Anna", to: single).expect(201)
            let second = await school.add("Ben", to: single)
            #expect(second.fieldErrors == ["/seats too_many_seats"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anAddressComesOnceInABooking(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 5)
            let twice = await school.customer.post(
                "/api/v1/bookings",
                [
                    "eventType": "course", "start": .string(School.tuesday(9)),
                    "attendees": [
                        School.attendee("Anna"), ["name": "Other", "email": "ANNA@Example.org"],
                    ],
                ])
            #expect(twice.fieldErrors == ["/attendees/1/email duplicate"])

            let id = try await school.bookCourse(["Anna"]).expect(201).id
            let again = await school.customer.post(
                "/api/v1/bookings/\(id)/attendees", ["name": "Other", "email": "ANNA@Example.org"])
            try again.expect(409, code: "attendee_exists")
            #expect(try await school.seats(of: id) == [1, 6_500])
            // In another booking she may be.
            try await school.bookCourse(["Anna"], as: school.otherCustomer).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func moreThanASessionHasSeatsAreRefusedByName(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 4)
            let many = (0..<10_000).map { "Anna\($0)" }

            let refused = await school.bookCourse(many)
            #expect(refused.status == 422)
            #expect(refused.fieldErrors == ["/attendees items"])
            let five = await school.bookCourse(["A", "B", "C", "D", "E"])
            #expect(five.fieldErrors == ["/seats too_many_seats"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsTakenOutGivesTheSeatBack(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 2)
            let id = try await school.bookCourse(["Anna", "Ben"]).expect(201).id
            let listed = try await school.customer.get("/api/v1/bookings/\(id)/attendees").expect(200)
            let ben = try #require(listed["items"]?[1]).id
            let path = "/api/v1/bookings/\(id)/attendees/\(ben)"

            try await school.customer.delete(path, version: 7).expect(412)
            try await school.otherCustomer.delete(path, version: 1).expect(404)
            try await school.customer.delete(path, version: 1).expect(200)
            #expect(try await school.seats(of: id) == [1, 6_500])
            try await school.bookCourse(as: school.otherCustomer).expect(201)
            let full = await school.add("Ben", to: id)
            try full.expect(409, code: "too_few_seats_left")
            try await school.customer.delete(path, version: 2).expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereCancellingCostsSomethingTheSeatStays(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(
                capacity: 3, ["policies": ["cancellation": ["tiers": [["percent": 50]]]]])
            let id = try await school.bookCourse(["Anna", "Ben"]).expect(201).id
            let listed = try await school.customer.get("/api/v1/bookings/\(id)/attendees").expect(200)
            let all = listed["items"]?.array?.map(\.id) ?? []

            try await school.customer.delete("/api/v1/bookings/\(id)/attendees/\(all[1])", version: 1).expect(200)
            #expect(try await school.seats(of: id) == [2, 13_000])
            // Somebody else comes on it.
            try await school.add("Cleo", to: id).expect(201)
            #expect(try await school.seats(of: id) == [2, 13_000])
            try await school.admin.delete("/api/v1/bookings/\(id)/attendees/\(all[0])", version: 1).expect(200)
            #expect(try await school.seats(of: id) == [1, 6_500])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSeatThatIsGivenBackIsOfferedToWhoeverWaits(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 2)
            try await school.makeEvening()
            let session = try await school.schedule(["capacity": 2]).expect(201).id
            let attendees: JSON = ["attendees": [School.attendee("Anna"), School.attendee("Ben")]]
            let bookings = [
                try await school.bookCourse(["Anna", "Ben"], seats: 2).expect(201).id,
                try await school.take(session, seats: 2, attendees).expect(201).id,
            ]
            let course: JSON = [
                "eventType": "course", "from": "2026-03-03", "to": "2026-03-03", "startTime": "09:00",
                "endTime": "10:00", "providers": [.string(school.first)],
            ]
            let entries = [
                try await school.wait(course, as: school.otherCustomer).expect(201).id,
                try await school.wait(["session": .string(session)], as: school.otherCustomer).expect(201).id,
            ]
            try await school.settle()
            for (booking, entry) in zip(bookings, entries) {
                #expect(try await school.entry(entry)["status"]?.string == "waiting")
                let path = "/api/v1/bookings/\(booking)/attendees"
                let first = try await school.customer.get(path).expect(200)["items"]?.array?.first?.id ?? ""
                try await school.customer.delete("\(path)/\(first)", version: 1).expect(200)
                try await school.settle()
                #expect(try await school.entry(entry)["status"]?.string == "offered")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func repliesComeBeforeTheBookingAndAttendanceAfter(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let attendee = try await school.add("Anna", to: id).expect(201).id
            func note(_ status: String, as client: APIClient) async -> APIAnswer {
                await client.post(
                    "/api/v1/bookings/\(id)/attendees/\(attendee)/status", ["status": .string(status)])
            }

            try await note("declined", as: school.customer).expect(200)
            try await note("attended", as: school.customer).expect(403)
            try await note("attended", as: school.instructor).expect(409, code: "booking_not_begun")
            try await note("accepted", as: school.otherCustomer).expect(404)
            school.platform.clock.set(try #require(Instant(rfc3339: School.tuesday(9))))
            try await note("accepted", as: school.customer).expect(409, code: "booking_begun")
            try await note("noShow", as: school.instructor).expect(200)
            #expect(try await school.attendees(of: id) == ["Anna noShow"])
            try await school.add("Ben", to: id).expect(409, code: "booking_begun")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func attendeesStandInCalendars(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.customer.post(
                "/api/v1/bookings/\(id)/attendees", ["name": "Anna \"A\" ^ Meier", "email": "anna@example.org"]
            ).expect(201)

            let file = await school.customer.get("/api/v1/bookings/\(id)/calendar.ics")

            let text = String(decoding: file.body, as: UTF8.self).replacing("\r\n ", with: "")
            #expect(
                text.contains(
                    "\r\nATTENDEE;CN=\"Anna ^'A^' ^^ Meier\";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:"
                        + "mailto:anna@example.org\r\n"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func attendeesAreErasedWithTheirCustomerAndByTheirAddress(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask([["name": "note", "type": "text", "label": "Note"]]).expect(200)
            func book(_ email: String, _ start: String, as client: APIClient) async throws -> String {
                let booked = try await client.post(
                    "/api/v1/bookings",
                    [
                        "eventType": "lesson", "start": .string(start),
                        "attendees": [
                            [
                                "name": .string(Self.canary), "email": .string(email),
                                "answers": ["note": .string(Self.canary)],
                            ]
                        ],
                    ]
                ).expect(201)
                try await client.post("/api/v1/bookings/\(booked.id)/cancel", [:]).expect(200)
                return booked.id
            }
            _ = try await book("guest@example.org", School.tuesday(9), as: school.customer)
            let document = try await school.export(school.platform.person(.customer))
            #expect(String(decoding: document.serialized, as: UTF8.self).contains(Self.canary))
            _ = try await school.erase(.customer)
            #expect(try await school.tables(holding: Self.canary) == [])

            // The other customer names the instructor, who is erased.
            let other = try await book("PROVIDER@example.org", School.tuesday(11), as: school.otherCustomer)
            #expect(try await school.tables(holding: Self.canary) != [])
            _ = try await school.erase(.provider)
            #expect(try await school.tables(holding: Self.canary) == [])
            #expect(try await school.attendees(of: other, as: school.admin) == ["[erased] invited"])
        }
    }
}
