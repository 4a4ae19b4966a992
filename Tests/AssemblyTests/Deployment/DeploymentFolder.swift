import AlmanacAssembly
import AlmanacTestKit
import Foundation
import Logging

/// A deployment on an engine, with its manifest in a folder of its own.
struct DeploymentFolder {
    let path: String
    let environment: [String: String]

    init(path: String, environment: [String: String]) {
        self.path = path
        self.environment = environment
    }

    var manifest: String { "\(self.path)/plugins.yaml" }

    func blueprint() throws -> Blueprint {
        try Blueprint(manifest: self.manifest, environment: self.environment, version: "0.0.0", logger: Self.logger)
    }

    /// Opens the deployment, runs `body` with it, and closes it.
    func open<T>(_ body: (Deployment) async throws -> T) async throws -> T {
        let deployment = try Deployment(opening: try self.blueprint(), purpose: "test", logger: Self.logger)
        do {
            let value = try await body(deployment)
            await deployment.close()
            return value
        } catch {
            await deployment.close()
            throw error
        }
    }

    static var logger: Logger { Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() } }

    /// The root of the repository.
    static let repository = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }.path
}

/// Runs `body` with a deployment on an engine whose manifest is made from the database's section.
func withDeploymentFolder<T>(
    _ engine: TestEngine, _ manifest: (_ storage: String) -> String, _ body: (DeploymentFolder) async throws -> T
) async throws -> T {
    try await withProgramStorage(engine) { storage in
        let folder = try ManifestFolder(["plugins.yaml": manifest(storage.section)])
        return try await body(DeploymentFolder(path: folder.path, environment: storage.environment))
    }
}
