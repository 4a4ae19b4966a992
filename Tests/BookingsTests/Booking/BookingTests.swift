import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct BookingTests {
    @Test(arguments: TestEngine.allCases)
    func booksWhatIsOffered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let offered = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(offered.count == 8)
            let start = try #require(offered.first)
            #expect(start == School.tuesday(9))

            let booking = try await school.book(start, with: school.first).expect(201)

            #expect(booking["status"]?.string == "confirmed")
            #expect(booking["start"]?.string == start)
            #expect(booking["end"]?.string == School.tuesday(10))
            #expect(booking["timeZone"]?.string == "Europe/Berlin")
            #expect(booking["eventType"]?["slug"]?.string == "lesson")
            #expect(booking["eventType"]?["name"]?.string == "Fahrstunde")
            #expect(booking["provider"]?.id == school.first)
            #expect(booking["price"]?["amount"]?.int == 6500)
            #expect(booking["allowed"]?.array == ["cancel", "reschedule"])
            #expect(booking["version"]?.int == 1)
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == Array(offered.dropFirst()))
        }
    }
}
