import AlmanacStorage
import AlmanacTestKit
import Testing

/// Bookings whose agreed time is no longer the time at which they stand.
struct ZoneShiftTests {
    @Test(arguments: TestEngine.allCases)
    func aBookingThatClocksHaveMovedIsListed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book(School.tuesday(11), with: school.second).expect(201)
            let cancelled = try await school.book(School.tuesday(13), with: school.second).expect(201).id
            try await school.customer.post("/api/v1/bookings/\(cancelled)/cancel", [:]).expect(200)
            func shifts() async throws -> [JSON] {
                // Sessions end long before the booking is over.
                try await school.platform.client(as: .admin).get("/api/v1/bookings/zone-shifts").expect(200)["items"]?
                    .array ?? []
            }
            #expect(try await shifts().isEmpty)

            // As if 9 and 13 o'clock had been agreed under rules by which clocks were an hour ahead.
            try await school.platform.database.run(
                engine == .postgres
                    ? "UPDATE bookings.booking SET local_time = local_time + 60 WHERE local_time <> 660"
                    : "UPDATE bookings_booking SET local_time = local_time + 60 WHERE local_time <> 660")
            let found = try await shifts()
            #expect(found.map { $0["booking"]?.string } == [booking.id])
            #expect(found.first?["localTime"]?.string == "10:00")
            #expect(found.first?["start"]?.string == School.tuesday(9))
            #expect(found.first?["expectedStart"]?.string == School.tuesday(10))

            for client in [school.customer, school.instructor] {
                try await client.get("/api/v1/bookings/zone-shifts").expect(403)
            }
            let south = try await school.platform.client(as: .admin, in: .south)
            #expect(try await south.get("/api/v1/bookings/zone-shifts").expect(200)["items"]?.array?.isEmpty == true)
            school.platform.clock.advance(minutes: 3 * 1_440)
            #expect(try await shifts().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func pagesGoOnWhereTheLastOneEnded(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            for hour in 9..<14 { try await school.book(School.tuesday(hour), with: school.first).expect(201) }
            try await school.platform.database.run(
                engine == .postgres
                    ? "UPDATE bookings.booking SET time_zone = 'Asia/Tokyo' WHERE local_time <> 600"
                    : "UPDATE bookings_booking SET time_zone = 'Asia/Tokyo' WHERE local_time <> 600")
            var starts: [String?] = []
            var query = "limit=2"
            while true {
                let page = try await school.admin.get("/api/v1/bookings/zone-shifts?\(query)").expect(200)
                starts += page["items"]?.array?.map { $0["start"]?.string } ?? []
                guard let next = page["next"]?.string else { break }
                query = "limit=2&after=\(next)"
            }
            #expect(starts == [9, 11, 12, 13].map { School.tuesday($0) })
        }
    }
}
