import AlmanacKernel
import AlmanacTestKit
import Bookings
import Foundation
import Testing

/// Everything that bookings can be, in every combination of two: offered, booked, moved and cancelled through HTTP.
///
/// `ALMANAC_RECORD=bookings-matrix` writes the table into the README of the plugin.
struct MatrixTests {
    @Test(arguments: TestEngine.allCases)
    func everyTwoPossibilitiesWorkTogether(_ engine: TestEngine) async throws {
        try await withMatrix(engine) { platform, client in
            var trials: [MatrixTrial] = []
            for (index, row) in MatrixRow.all.enumerated() {
                let business = try await MatrixBusiness(row, named: "row-\(index + 1)", on: platform, client)
                let trial = try await MatrixTrial.run(business)
                for step in MatrixTrial.Step.allCases where !trial.isGreen(step) {
                    let values = row.columns.map { "\($0.title): \($0.value)" }.joined(separator: ", ")
                    for fault in trial.faults[step] ?? ["not reached"] {
                        Issue.record("row \(index + 1), \(step): \(fault) [\(values)]")
                    }
                }
                trials.append(trial)
            }
            let table = MatrixTable(trials: trials)
            if ProcessInfo.processInfo.environment["ALMANAC_RECORD"] == "bookings-matrix", engine == .sqlite {
                try table.write()
            }
            let written = try MatrixTable.written()
            #expect(written == table.text, "the table in the README is stale: ALMANAC_RECORD=bookings-matrix")
        }
    }

    @Test
    func noPairIsLeftOut() {
        let missing = CoveringArray.pairs(of: MatrixRow.sizes).subtracting(
            MatrixRow.all.flatMap { row in CoveringArray.pairs(in: row.numbers) })
        #expect(missing.isEmpty)
        #expect(MatrixRow.sizes.count >= 13)
    }
}

/// Runs `body` with a platform that the rows share.
func withMatrix(
    _ engine: TestEngine, plugin: any Plugin.Type = Bookings.self,
    _ body: (TestPlatform, APIClient) async throws -> Void
) async throws {
    var setup = TestPlatform.Setup()
    // Two runs of each closure are for the tests of each feature.
    setup.rehearses = false
    // Offers lapse meanwhile.
    setup.sessions = School.patience
    try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
        try await body(platform, APIClient(try platform.api()))
    }
}
