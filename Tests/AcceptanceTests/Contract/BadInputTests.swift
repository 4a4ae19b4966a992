import AlmanacStorage
import AlmanacTestKit
import Testing

/// Input that no sensible client sends: refused with the right status, and nothing is written.
struct BadInputTests {
    @Test(arguments: TestEngine.allCases)
    func isRefusedAndLeavesNothing(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)
            var offGrid = slot.booking
            offGrid = Self.replacing("start", in: offGrid, by: .string(slot.start.replacingMinute("07")))
            let bodies: [(String, [UInt8], Int)] = [
                ("off the grid", offGrid.serialized, 409),
                (
                    "year 9999",
                    Self.replacing("start", in: slot.booking, by: "9999-12-31T23:00:00Z").serialized, 422
                ),
                ("in the past", Self.replacing("start", in: slot.booking, by: "2001-01-01T08:00:00Z").serialized, 422),
                ("no time zone", Self.replacing("start", in: slot.booking, by: "2030-01-01T08:00:00").serialized, 422),
                ("another provider", Self.replacing("provider", in: slot.booking, by: "nobody").serialized, 422),
                ("U+0000 in a note", Self.noted(slot, #""a\u0000b""#), 400),
                ("invalid UTF-8", Self.noted(slot, "\"a").dropLast() + [0xFF, 0x22, 0x7D], 400),
                ("a lone surrogate", Self.noted(slot, #""\ud800""#), 400),
                ("a number for a text", Self.noted(slot, "1"), 422),
                ("a long note", Self.noted(slot, "\"" + String(repeating: "x", count: 5_000) + "\""), 422),
            ]

            for (name, body, status) in bodies {
                let answer = try await server.client.send(
                    LoopbackRequest(
                        "POST", "/api/v1/bookings",
                        headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                        body: body))
                #expect(Self.agrees(answer.status, with: status), "\(name): \(answer)")
                #expect(try answer.problemCode() != nil, "\(name)")
            }
            #expect(try await server.bookings(token).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func isRefusedInTheQueryOfSlots(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let lesson = try await server.lesson(token)
            let queries = [
                "eventType=\(lesson)&from=2030-01-01&to=2030-01-02&timeZone=Mars/Olympus",
                "eventType=\(lesson)&from=2030-01-01&to=2030-04-01&timeZone=UTC",
                "eventType=\(lesson)&from=2030-01-02&to=2030-01-01&timeZone=UTC",
                "eventType=\(lesson)&from=2030-02-30&to=2030-03-01&timeZone=UTC",
                "eventType=\(lesson)&from=99999-01-01&to=99999-01-02&timeZone=UTC",
                "eventType=\(lesson)&to=2030-01-01&timeZone=UTC",
                "from=2030-01-01&to=2030-01-02&timeZone=UTC",
                "eventType=\(lesson)&provider=x&from=2030-01-01&to=2030-01-02&timeZone=UTC",
                "eventType=\(lesson)&from=2030-01-01&from=2030-01-02&to=2030-01-02&timeZone=UTC",
            ]

            for query in queries {
                let answer = try await server.client.get("/api/v1/slots?\(query)", token: token)
                #expect(answer.status == 422, "\(query): \(answer)")
            }
            let farAway = try await server.client.get(
                "/api/v1/slots?eventType=\(lesson)&from=9999-12-30&to=9999-12-31&timeZone=UTC", token: token)
            #expect(try farAway.json()["items"]?.array?.isEmpty == true, "\(farAway)")
        }
    }

    /// A slot may be refused as taken or as no slot at all; a body that is no JSON is always the client's fault.
    private static func agrees(_ status: Int, with expected: Int) -> Bool {
        status == expected || (expected != 400 && [409, 422].contains(status))
    }

    private static func noted(_ slot: SchoolServer.Slot, _ note: String) -> [UInt8] {
        Array((slot.booking.text.dropLast() + ",\"notes\":\(note)}").utf8)
    }

    private static func replacing(_ name: String, in body: JSON, by value: JSON) -> JSON {
        var object = body.object ?? [:]
        object[name] = value
        return .object(object)
    }
}

extension String {
    /// A start with another minute: `2030-01-01T08:00:00Z` becomes `2030-01-01T08:07:00Z`.
    fileprivate func replacingMinute(_ minute: String) -> String {
        String(self.prefix(14)) + minute + String(self.dropFirst(16))
    }
}
