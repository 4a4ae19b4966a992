import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Many callers who take seats while somebody takes the seats away.
@Suite(.serialized)
struct CapacityRaceTests {
    /// Of the five seats that a session has somebody wants to leave two, while six customers want one each.
    ///
    /// - Returns: How many more were sold in a round than there are seats now, at most.
    private static func race(_ school: School, rounds: Int, until isEnough: (Int) -> Bool) async throws -> Int {
        var most = 0
        for round in 0..<rounds where !isEnough(most) {
            let slug = "course-\(round)"
            let course = try await school.makeEventType(slug, ["capacity": 5])
            let customers = [school.customer, school.otherCustomer, school.instructor]
            let smaller = School.lesson.with("slug", .string(slug)).with("capacity", 2)
                .with("providers", [.string(school.first), .string(school.second)])
            let start = School.march(3 + round / 8 % 4 + round / 32 * 7, 9 + round % 8)
            let sold = await withTaskGroup(of: Int.self) { group in
                for caller in 0..<6 {
                    group.addTask {
                        await school.book(slug, start, with: school.first, [:], as: customers[caller % 3]).status
                    }
                }
                group.addTask {
                    let answer = await school.put("event-types/\(course)", smaller, version: 1)
                    return answer.status == 200 ? 0 : 1
                }
                return await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
            }
            let capacity = try await school.admin.get("/api/v1/event-types/\(course)").expect(200)["capacity"]?.int ?? 0
            most = max(most, sold - capacity)
        }
        return most
    }

    @Test(arguments: TestEngine.allCases)
    func noMoreIsSoldThanIsLeft(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let most = try await Self.race(school, rounds: 20) { $0 > 0 }
            #expect(most <= 0)
        }
    }

    /// The negative control: without locks a seat is sold that is taken away at the same moment.
    @Test func withoutLocksMoreIsSoldThanIsLeft() async throws {
        let setup = TestPlatform.Setup.race { $0.database.locking = NoLocking() }
        try await withPlatform(.postgres, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.lesson)
            let most = try await Self.race(school, rounds: 60) { $0 > 0 }
            #expect(most > 0)
        }
    }
}
