import AlmanacAssembly
import AlmanacKernel
import AlmanacSurface
import AlmanacTestKit
import Foundation
import Testing

/// The deployments that are shipped are right, and their demo data can be loaded on both engines.
struct VerticalTests {
    static let paths = ["", "Host/Verticals/clinic/", "Host/Verticals/retreat-centre/"]

    @Test(arguments: paths + ["Host/Verticals/driving-school/"])
    func isRight(folder: String) throws {
        let blueprint = try Blueprint(
            manifest: "\(DeploymentFolder.repository)/\(folder)plugins.yaml", environment: [:], version: "0.0.0",
            logger: DeploymentFolder.logger)

        #expect(blueprint.enabledPlugins == ["bookings", "messaging"])
    }

    @Test(arguments: paths, TestEngine.allCases)
    func loadsItsDemoOnce(folder: String, _ engine: TestEngine) async throws {
        // The shipped manifest with another database: that is all that changes between engines.
        let manifest = { (storage: String) in
            "extends: \(DeploymentFolder.repository)/\(folder)plugins.yaml\n\(storage)\n"
        }
        try await withDeploymentFolder(engine, manifest) { place in
            try await place.open { deployment in
                _ = try await deployment.migrate()
                let seeder = Seeder(deployment, manifestPath: place.manifest)

                let first = try await seeder.loadDemo()
                let second = try await seeder.loadDemo()

                #expect(first.didImport)
                #expect(first.counts.contains { $0.kind == "customers" && $0.created >= 20 }, "\(first.counts)")
                #expect(first.counts.allSatisfy { $0.updated == 0 && $0.unchanged == 0 })
                #expect(Set(first.accounts.map(\.role)) == [.admin, .provider, .customer])
                #expect(first.accounts.allSatisfy { ($0.passphrase?.count ?? 0) >= PasswordRule.minimum })
                #expect(!second.didImport)
                #expect(second.accounts.map(\.passphrase) == first.accounts.map(\.passphrase))
                let tour = try #require(try await DemoTour.plan(deployment, after: second))
                #expect(tour.sample != nil)
            }
        }
    }
}
