import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Who gives something together with others is expected, and leaves nothing behind, as who gives it alone.
struct CoHostErasureTests {
    private static let canary = "Zuckerwatte"

    @Test(arguments: TestEngine.allCases)
    func whoIsExpectedAsAFurtherHostIsNotErased(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // The member is the second of the two.
            try await school.makeEventType(
                "exam", ["hosting": ["mode": "all"], "providers": [.string(school.second), .string(school.first)]])
            let exam = try await school.book("exam", at: School.tuesday(9)).expect(201)

            await #expect { _ = try await school.erase(.provider) } throws: { error in
                (error as? Refusal)?.code == "bookings_to_come"
            }
            try await school.customer.post("/api/v1/bookings/\(exam.id)/cancel", [:]).expect(200)
            _ = try await school.erase(.provider)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingOfAnErasedFurtherHostIsLeft(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.teach(school.first, [("skill", Self.canary)])
            try await school.put("providers/\(school.first)", ["name": .string(Self.canary)], version: 3).expect(200)
            try await school.makeEventType(
                "exam", ["hosting": ["mode": "all"], "providers": [.string(school.second), .string(school.first)]])
            let exam = try await school.book("exam", at: School.tuesday(9)).expect(201)
            try await school.customer.post("/api/v1/bookings/\(exam.id)/cancel", [:]).expect(200)

            _ = try await school.erase(.provider)

            let names = try await school.platform.database.rows("SELECT name FROM {bookings.booking_resource}")
            let attributes = try await school.platform.database.rows("SELECT * FROM {bookings.resource_attribute}")
            #expect(names == [["[erased]"]])
            #expect(attributes.isEmpty)
        }
    }
}
