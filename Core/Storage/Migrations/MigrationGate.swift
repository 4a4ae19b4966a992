/// Says which programs serve a deployment that do not know a migration yet.
///
/// Backfills and contracts wait for them: they still write rows in the old way, or use what is to be removed.
package struct MigrationGate: Sendable {
    /// The processes that serve and whose programs do not know a migration, in words for operators.
    package typealias Question =
        @Sendable (
            _ connection: any MaintenanceConnection, _ plugin: Namespace, _ number: Int, _ now: Instant
        ) throws -> [String]

    private let ask: Question

    /// - Parameter ask: Looks, in the transaction in which it is decided.
    package init(_ ask: @escaping Question) { self.ask = ask }

    /// Nobody serves: for databases that nobody else has, as those of tests.
    package static let open = MigrationGate { _, _, _, _ in [] }

    /// Why a migration has to wait; `nil` when every program that serves knows it.
    func obstacle(
        _ connection: any MaintenanceConnection, _ plugin: Namespace, _ number: Int, _ now: Instant
    ) throws -> String? {
        let hosts = try self.ask(connection, plugin, number, now)
        guard !hosts.isEmpty else { return nil }
        return """
            waits until no program serves any more that does not know it: \(hosts.joined(separator: "; ")). End those \
            hosts, or start them with this version
            """
    }
}
