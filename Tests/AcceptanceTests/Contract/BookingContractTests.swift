import AlmanacStorage
import AlmanacTestKit
import Testing

/// The contract that other programs are written against, over a socket.
struct BookingContractTests {
    @Test(arguments: TestEngine.allCases)
    func leadsFromSigningInToCancelling(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slots = try await server.slots(token)
            let (first, second) = (try #require(slots.first), try #require(slots.last))

            let booked = try await server.book(first, token)
            #expect(booked.status == 201, "\(booked)")
            let booking = try booked.json()
            let id = try #require(booking["id"]?.string)
            #expect(booking["number"]?.string?.isEmpty == false)
            #expect(booking["status"]?.string == "confirmed")
            #expect(booking["start"]?.string == first.start)
            #expect(try Self.minutes(booking) == 60)

            let moved = try await server.client.post(
                "/api/v1/bookings/\(id)/reschedule", token: token, ["start": .string(second.start)])
            #expect((200...201).contains(moved.status), "\(moved)")
            #expect(try moved.json()["start"]?.string == second.start)

            let cancelled = try await server.client.send(
                LoopbackRequest("POST", "/api/v1/bookings/\(id)/cancel", token: token))
            #expect((200...201).contains(cancelled.status), "\(cancelled)")
            #expect(try cancelled.json()["status"]?.string == "cancelled")

            let listed = try await server.bookings(token)
            #expect(listed.map { $0["id"]?.string } == [id])
            #expect(listed[0]["status"]?.string == "cancelled")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func describesWhatCanBeBooked(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()

            let answer = try await server.client.get("/api/v1/event-types", token: token)
            let lesson = try #require(try answer.json()["items"]?[0])

            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            #expect(try answer.json()["next"] == .null)
            #expect(lesson["slug"]?.string == "lesson")
            #expect(lesson["name"]?.string == "Fahrstunde")
            #expect(lesson["durationMinutes"]?.int == 60)
            #expect(lesson["providers"]?.array?.count == 2)
            let slots = try await server.slots(token)
            #expect(slots.contains { $0.provider == lesson["providers"]?[0]?.string })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func offersNoTimeThatIsTaken(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let before = try await server.slots(token)
            let slot = try #require(before.first)

            #expect(try await server.book(slot, token).status == 201)
            let after = try await server.slots(token)
            let again = try await server.book(slot, token)

            #expect(!after.contains { $0.start == slot.start && $0.provider == slot.provider })
            #expect(again.status == 409)
            #expect(try again.problemCode() == "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keepsCustomersApart(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let clara = try await server.token()
            let david = try await server.token(of: School.otherCustomer)
            let slot = try #require(try await server.slots(clara).first)
            let id = try #require(try await server.book(slot, clara).json()["id"]?.string)

            #expect(try await server.bookings(david).isEmpty)
            let read = try await server.client.get("/api/v1/bookings/\(id)", token: david)
            let cancelled = try await server.client.send(
                LoopbackRequest("POST", "/api/v1/bookings/\(id)/cancel", token: david))

            #expect([403, 404].contains(read.status), "\(read)")
            #expect([403, 404].contains(cancelled.status), "\(cancelled)")
            #expect(try await server.bookings(clara)[0]["status"]?.string == "confirmed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsBookingsPageByPage(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slots = try await server.slots(token).prefix(5)
            var ids: Set<String> = []
            for slot in slots { ids.insert(try #require(try await server.book(slot, token).json()["id"]?.string)) }

            var seen: [String] = []
            var after: String?
            repeat {
                let target = "/api/v1/bookings?limit=2" + (after.map { "&after=\($0)" } ?? "")
                let page = try await server.client.get(target, token: token).json()
                #expect((page["items"]?.array?.count ?? 9) <= 2)
                seen += page["items"]?.array?.compactMap { $0["id"]?.string } ?? []
                after = page["next"]?.string
            } while after != nil

            #expect(seen.count == 5)
            #expect(Set(seen) == ids)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func saysThatItIsAlive(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            for path in ["/health/live", "/health/ready", "/openapi.json"] {
                let answer = try await server.client.get(path)
                #expect(answer.status == 200, "\(path) \(answer)")
            }
            let head = try await server.client.send(LoopbackRequest("HEAD", "/health/live"))
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    private static func minutes(_ booking: JSON) throws -> Int64 {
        let start = try #require(booking["start"]?.string.flatMap { Instant(rfc3339: $0) })
        let end = try #require(booking["end"]?.string.flatMap { Instant(rfc3339: $0) })
        return (end.seconds - start.seconds) / 60
    }
}
