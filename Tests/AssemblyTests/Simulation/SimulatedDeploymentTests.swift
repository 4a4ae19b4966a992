import AlmanacStorage
import Foundation
import Testing

@testable import AlmanacAssembly

/// The deployments that are shipped, rehearsed.
struct SimulatedDeploymentTests {
    private static func blueprint(_ folder: String) throws -> (Blueprint, String) {
        let path = "\(DeploymentFolder.repository)/\(folder)plugins.yaml"
        return (
            try Blueprint(manifest: path, environment: [:], version: "0.0.0", logger: DeploymentFolder.logger), path
        )
    }

    @Test(arguments: VerticalTests.paths)
    func everyVerticalCanBeRehearsed(folder: String) async throws {
        let (blueprint, path) = try Self.blueprint(folder)
        let start = Instant(seconds: 1_772_409_600)

        let outcome = try await SimulatedDeployment(blueprint, manifestPath: path).run(weeks: 1, seed: 1, from: start)

        #expect(outcome.isSound, "\(outcome.lines)")
        #expect(outcome.json["done"]?["book"]?.int ?? 0 > 10)
        #expect(outcome.json["utilization"]?.array?.isEmpty == false)
        #expect(outcome.json["violations"]?.array?.isEmpty == true)
    }

    @Test
    func theSameSeedGivesTheSameReport() async throws {
        let (blueprint, path) = try Self.blueprint("Host/Verticals/clinic/")
        let start = Instant(seconds: 1_772_409_600)
        let simulated = SimulatedDeployment(blueprint, manifestPath: path)

        let one = try await simulated.run(weeks: 1, seed: 5, from: start)
        let other = try await simulated.run(weeks: 1, seed: 5, from: start)

        #expect(one.json == other.json && one.lines == other.lines)
    }
}
