import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How the database finds the deliveries of a lane: by keys, however many the organization has.
struct PlanTests {
    /// Each delivery that is finished runs this statement; as long as events are kept, most rows are of finished ones.
    @Test(arguments: TestEngine.allCases)
    func theNextOfALaneIsFoundByKeys(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Shelf.self]) { platform in
            let call = try platform.call(as: nil)
            // What is not analyzed yet is the hard case: PostgreSQL knows how large the table is and nothing else.
            for burst in 0..<8 {
                let moves = (0..<250).map { Moved(item: "vase \(burst * 250 + $0)", step: 0) }
                try await platform.runtime.invoker.run(Shelf.move, of: Shelf.id, moves, as: call)
            }
            let database = platform.runtime.database.entering(.kernel)
            let isSQLite = engine == .sqlite
            let plan = try await database.write(in: .organization(call.organization)) { tx in
                var found: [String] = []
                for parks in [false, true] {
                    let lane = DeliveryLane(call.organization, "shelf.record", "vase", parks: parks)
                    var explained = SQL(unsafeSQL: isSQLite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ")
                    explained.append(lane.front)
                    try tx.reading.forEach(explained) { row in
                        if isSQLite { for _ in 0..<3 { _ = try row.next() as Int } }
                        found.append(try row.next())
                    }
                }
                return found
            }
            let searches = plan.filter { $0.contains("SEARCH ") || $0.contains("SCAN ") || $0.contains("Cond:") }
            #expect(searches.count == 2, "\(plan)")
            #expect(searches.allSatisfy { $0.contains("ordering_key") }, "\(plan)")
        }
    }
}
