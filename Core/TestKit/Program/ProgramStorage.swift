internal import AlmanacStorage
internal import Foundation

/// An empty database for a program or a deployment, as a manifest names it.
public struct ProgramStorage: Sendable {
    /// The manifest's section: `storage: {backend: …}`.
    public let section: String
    /// The variables that the section refers to.
    public let environment: [String: String]

    static let sqlite = Self(section: "storage: {backend: sqlite, path: data/school.sqlite}", environment: [:])

    static func postgres(_ database: String) throws -> Self {
        let server = ProcessInfo.processInfo.environment[PostgresServer.variable] ?? ""
        guard let slash = server.lastIndex(of: "/") else { throw TestKitError("\(PostgresServer.variable) is no URL") }
        let parameters = server[slash...].drop { $0 != "?" }
        return Self(
            section: #"storage: {backend: postgres, url: "${env:ALMANAC_DATABASE_URL}"}"#,
            environment: ["ALMANAC_DATABASE_URL": "\(server[..<slash])/\(database)\(parameters)"])
    }
}

/// Runs `body` with an empty database on an engine, to be named in a manifest; it is gone when `body` returns.
///
/// On SQLite it is a file beside the manifest, which goes with the manifest's folder.
public func withProgramStorage<T>(
    _ engine: TestEngine, _ body: (ProgramStorage) async throws -> T
) async throws -> T {
    try await Gate.programs.pass {
        switch engine {
        case .sqlite: return try await body(.sqlite)
        case .postgres:
            return try await withTestDatabase(.postgres) { database in
                guard case .postgres(let url) = database.place, let name = url.database else {
                    throw TestKitError("the test database has no name")
                }
                return try await body(.postgres(name))
            }
        }
    }
}
