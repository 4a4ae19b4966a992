import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Two hundred clients want one lesson at the same moment: one gets it.
struct RaceTests {
    /// With ALMANAC_LONG=1 as often as the product promises, otherwise often enough to notice.
    private static let rounds = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1" ? 20 : 4

    @Test("v5.0.0-2.3.4 of many who book one slot at once exactly one gets it", arguments: TestEngine.allCases)
    func sellsALessonOnce(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let tokens = [try await server.token(), try await server.token(of: School.otherCustomer)]
            let slots = try await server.slots(tokens[0]).prefix(Self.rounds)
            try #require(slots.count == Self.rounds)

            for slot in slots {
                let requests = (0..<200).map { index in
                    LoopbackRequest("POST", "/api/v1/bookings", token: tokens[index % 2], json: slot.booking)
                }
                let answers = try await server.client.simultaneously(requests)

                let won = answers.filter { $0.status == 201 }
                let lost = answers.filter { $0.status == 409 }
                #expect(won.count == 1, "\(slot.start)")
                #expect(lost.count == 199, "\(Set(answers.map(\.status)))")
                #expect(Set(try lost.map { try $0.problemCode() }) == ["slot_taken"])
            }

            let booked = try await server.bookings(tokens[0]) + server.bookings(tokens[1])
            #expect(booked.count == Self.rounds)
        }
    }
}
