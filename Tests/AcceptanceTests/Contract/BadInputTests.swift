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
            let bodies: [(code: String, status: Int, body: [UInt8])] = [
                ("off_grid", 422, offGrid.serialized),
                ("too_far", 422, Self.replacing("start", in: slot.booking, by: "9999-12-31T23:00:00Z").serialized),
                ("in_past", 422, Self.replacing("start", in: slot.booking, by: "2001-01-01T08:00:00Z").serialized),
                (
                    "invalid_input", 422,
                    Self.replacing("start", in: slot.booking, by: "2030-01-01T08:00:00").serialized
                ),
                ("invalid_input", 422, Self.replacing("provider", in: slot.booking, by: "nobody").serialized),
                ("unknown_event_type", 422, Self.replacing("eventType", in: slot.booking, by: "ride").serialized),
                ("invalid_input", 422, Self.noted(slot, "1")),
                ("invalid_input", 422, Self.noted(slot, "\"" + String(repeating: "x", count: 5_000) + "\"")),
                // U+0000, which no database stores; bytes that are no UTF-8; half of a surrogate pair.
                ("invalid_json", 400, Self.noted(slot, #""a\u0000b""#)),
                ("invalid_json", 400, Self.noted(slot, "\"a").dropLast() + [0xFF, 0x22, 0x7D]),
                ("invalid_json", 400, Self.noted(slot, #""\ud800""#)),
            ]

            for (code, status, body) in bodies {
                let answer = try await server.client.send(
                    LoopbackRequest(
                        "POST", "/api/v1/bookings",
                        headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
                        body: body))
                #expect(answer.status == status, "\(code): \(answer)")
                #expect(try answer.problemCode() == code)
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
