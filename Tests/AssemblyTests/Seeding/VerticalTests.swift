import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
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
                let booked = try await Self.bookings(deployment, first)
                #expect(booked >= 40, "\(booked) bookings")
                #expect(try await Self.bookings(deployment, second) == booked)
            }
        }
    }

    /// How many bookings the story of a demo has made, up to 200.
    private static func bookings(_ deployment: Deployment, _ report: SeedReport) async throws -> Int {
        let admin = try #require(report.accounts.first { $0.role == .admin })
        let credentials: JSON = ["email": .string(admin.email), "password": .string(admin.passphrase ?? "")]
        let token = await deployment.api.respond(
            to: APIRequest(
                method: "POST", path: "/api/v1/auth/token", headers: [("content-type", "application/json")],
                body: credentials.serialized))
        let access = try JSON(parsing: token.body)["accessToken"]?.string ?? ""
        let list = await deployment.api.respond(
            to: APIRequest(
                method: "GET", path: "/api/v1/bookings", query: "limit=200",
                headers: [("authorization", "Bearer \(access)")]))
        return try JSON(parsing: list.body)["items"]?.array?.count ?? 0
    }

    @Test(arguments: [
        (#"["bookings"]"#, "is no JSON object"),
        (#"{"bookings": [{"provider": "Nobody", "eventTypes": ["lesson"]}]}"#, "nobody is called Nobody"),
        (#"{"eventTypes": [{"slug": "dance"}]}"#, "no event type is called dance"),
        (#"{"sessions": [{"eventType": "dance"}]}"#, "a step is refused with 422"),
    ])
    func saysWhatIsWrongWithAStory(story: String, problem: String) async throws {
        let manifest = { (storage: String) in
            "extends: \(DeploymentFolder.repository)/Host/Verticals/clinic/plugins.yaml\n\(storage)\ndemo: demo\n"
        }
        try await withDeploymentFolder(.sqlite, manifest) { place in
            let source = URL(fileURLWithPath: "\(DeploymentFolder.repository)/Host/Verticals/clinic/demo")
            let folder = URL(fileURLWithPath: "\(place.path)/demo")
            try FileManager.default.copyItem(at: source, to: folder)
            try Data(story.utf8).write(to: folder.appendingPathComponent("story.json"))
            try await place.open { deployment in
                _ = try await deployment.migrate()
                let error = await #expect(throws: Problems.self) {
                    try await Seeder(deployment, manifestPath: place.manifest).loadDemo()
                }
                #expect("\(String(describing: error))".contains(problem), "\(String(describing: error))")
            }
        }
    }
}
