import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How the database finds the deliveries of a lane: by keys, however many the organization has.
struct PlanTests {
    /// Each delivery that is finished runs this statement; as long as events are kept, most rows are of finished ones.
    @Test func theNextOfALaneIsFoundByKeys() async throws {
        try await withPlatform(.sqlite, plugins: [Shelf.self]) { platform in
            let organization = try platform.call(as: nil).organization
            let database = platform.runtime.database.entering(.kernel)
            let plan = try await database.write(in: .organization(organization)) { tx in
                var found: [String] = []
                for parks in [false, true] {
                    let lane = DeliveryLane(organization, "shelf.record", "vase", parks: parks)
                    var explained = SQL(unsafeSQL: "EXPLAIN QUERY PLAN ")
                    explained.append(lane.advancing)
                    try tx.reading.forEach(explained) { row in
                        for _ in 0..<3 { _ = try row.next() as Int }
                        found.append(try row.next())
                    }
                }
                return found
            }
            let searches = plan.filter { $0.hasPrefix("SEARCH ") || $0.hasPrefix("SCAN ") }
            #expect(searches.count == 4)
            #expect(searches.allSatisfy { $0.contains("event_id=?") || $0.contains("ordering_key=?") }, "\(plan)")
        }
    }
}
