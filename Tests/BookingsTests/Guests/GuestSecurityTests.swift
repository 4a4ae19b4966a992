import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// What a guest's token is good for, and nothing else.
struct GuestSecurityTests {
    @Test(arguments: TestEngine.allCases)
    func aTokenLeadsToItsBookingOnly(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let foreign = try await school.bookAsGuest(School.tuesday(11)).expect(201)["booking"]?.id ?? ""
            let guest = school.guest(own)
            let id = own["booking"]?.id ?? ""
            let nobody = "00000000-0000-7000-8000-000000000000"

            for path in ["", "/answers", "/attendees", "/changes", "/consequences", "/calendar.ics"] {
                let missing = await guest.get("/api/v1/bookings/\(nobody)\(path)")
                let other = await guest.get("/api/v1/bookings/\(foreign)\(path)")
                #expect(missing.status == 404 && other.status == 404)
                #expect(missing.json["detail"] == other.json["detail"] && missing.code == other.code)
                #expect(await guest.get("/api/v1/bookings/\(id)\(path)").status == 200)
            }
            for action in ["cancel", "reschedule"] {
                let input: JSON = action == "cancel" ? [:] : ["start": .string(School.tuesday(15))]
                try await guest.post("/api/v1/bookings/\(foreign)/\(action)", input).expect(404)
                try await guest.post("/api/v1/bookings/\(nobody)/\(action)", input).expect(404)
            }
            // Also a second booking that the staff make for the same person.
            let customer = own["booking"]?["customer"]?.id ?? ""
            let more = try await school.book(School.tuesday(13), for: customer, as: school.admin).expect(201).id
            try await guest.get("/api/v1/bookings/\(more)").expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenOpensNothingElse(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let guest = school.guest(own)
            let id = own["booking"]?.id ?? ""

            for path in [
                "bookings", "customers", "bookings?limit=1", "customers/\(own["booking"]?["customer"]?.id ?? "")",
            ] {
                try await guest.get("/api/v1/\(path)").expect(403)
            }
            for path in ["me", "me/calendar-feed", "me/sessions"] {
                let answer = await guest.get("/api/v1/\(path)")
                #expect([401, 403].contains(answer.status))
            }
            try await guest.post("/api/v1/bookings", ["eventType": "lesson", "start": .string(School.tuesday(11))])
                .expect(403)
            try await guest.post("/api/v1/holds", ["eventType": "lesson", "start": .string(School.tuesday(11))])
                .expect(403)
            for action in ["approve", "reject", "start", "complete", "no-show"] {
                try await guest.post("/api/v1/bookings/\(id)/\(action)", [:]).expect(403)
            }
            try await school.bookAsGuest(School.tuesday(11), as: guest).expect(409, code: "already_known")
            // What everybody may see, guests may too.
            try await guest.get("/api/v1/event-types").expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whateverIsWrongWithATokenTheAnswerIsTheSame(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = own["booking"]?.id ?? ""
            let token = own["accessToken"]?.string ?? ""
            var elsewhere = try await school.platform.client(in: .south)
            elsewhere.headers.append(("Authorization", "Booking-Token \(token)"))
            let changed = String(token.dropLast()) + (token.hasSuffix("A") ? "B" : "A")
            var bearer = school.anonymous
            bearer.headers.append(("Authorization", "Bearer \(token)"))

            var problems: Set<String> = []
            for client in [elsewhere, school.guest(token: changed), school.guest(token: "x")] {
                let answer = await client.get("/api/v1/bookings/\(id)")
                #expect(answer.status == 401)
                problems.insert("\(answer.code ?? "") \(answer.json["detail"]?.string ?? "")")
            }
            #expect(await bearer.get("/api/v1/bookings/\(id)").status == 401)
            // In an address it is none: nothing that is logged with the path can be used.
            #expect(await school.anonymous.get("/api/v1/bookings/\(id)?token=\(token)").status == 401)

            // It lasts until thirty days after the end, whatever the guest's clock says.
            let end = try #require(Instant(rfc3339: School.tuesday(10)))
            school.platform.clock.set(end.adding(minutes: 30 * 1_440 - 1))
            try await school.guest(own).get("/api/v1/bookings/\(id)").expect(200)
            school.platform.clock.advance(minutes: 1)
            let expired = await school.guest(own).get("/api/v1/bookings/\(id)")
            problems.insert("\(expired.code ?? "") \(expired.json["detail"]?.string ?? "")")
            #expect(problems.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenStandsNowhereInTheDatabase(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = await school.anonymous.send(
                "POST", "/api/v1/guest-bookings",
                json: [
                    "eventType": "lesson", "start": .string(School.tuesday(9)), "givenName": "Greta",
                    "familyName": "Gast", "email": "gast@example.org",
                ], headers: [("Idempotency-Key", "once")])
            let token = try own.expect(201)["accessToken"]?.string ?? ""
            #expect(token.utf8.count == 64)

            #expect(try await school.tables(holding: token) == [])
            #expect(try await school.tables(holding: String(token.suffix(40))) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guessingIsLimited(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = own["booking"]?.id ?? ""
            let token = own["accessToken"]?.string ?? ""
            let wrong = school.guest(token: String(token.dropLast()) + (token.hasSuffix("A") ? "B" : "A"))

            var statuses: Set<Int> = []
            for _ in 0..<2_000 where !statuses.contains(429) {
                statuses.insert(await wrong.get("/api/v1/bookings/\(id)").status)
            }

            #expect(statuses == [401, 429])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anErasedGuestReachesNothing(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open) { school in
            let own = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = own["booking"]?.id ?? ""
            try await school.guest(own).post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)
            let person = try await school.person(
                of: Table(Namespace("bookings"), "customer"), own["booking"]?["customer"]?.id ?? "")

            _ = try await school.erase(person)

            try await school.guest(own).get("/api/v1/bookings/\(id)").expect(401)
            #expect(try await school.tables(holding: "gast@example.org") == [])
        }
    }
}
