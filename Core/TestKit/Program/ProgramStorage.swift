internal import AlmanacStorage
internal import Foundation

/// An empty database for a program or a deployment, as a manifest names it.
public struct ProgramStorage: Sendable {
    /// The manifest's section: `storage: {backend: …}`.
    public let section: String
    /// The variables that the section refers to.
    public let environment: [String: String]

    /// The same database with a pooler before it, which has fewer sessions than the program has connections.
    ///
    /// - Throws: ``TestKitError`` unless it is on PostgreSQL.
    package func behind(_ pooler: PgBouncer) throws -> Self {
        guard let url = self.environment["ALMANAC_DATABASE_URL"] else { throw TestKitError("SQLite has no pooler") }
        let addresses = #"url: "${env:ALMANAC_POOLED_URL}", ownerUrl: "${env:ALMANAC_DATABASE_URL}""#
        return Self(
            section: "storage: {backend: postgres, \(addresses), pooler: transaction, poolSize: 8}",
            environment: ["ALMANAC_DATABASE_URL": url, "ALMANAC_POOLED_URL": try pooler.address(for: url)])
    }

    /// A database at an address of a test's own.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - settings: Further settings of the section, as `, poolSize: 4`.
    /// - Returns: How a manifest names it.
    package static func postgres(at address: String, _ settings: String = "") -> Self {
        Self(
            section: "storage: {backend: postgres, url: \"${env:ALMANAC_DATABASE_URL}\"\(settings)}",
            environment: ["ALMANAC_DATABASE_URL": address])
    }

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
