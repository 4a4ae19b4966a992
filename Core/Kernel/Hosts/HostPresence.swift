package import AlmanacStorage
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Keeps this process in the list of hosts, and warns when others do not do the same as it.
package struct HostPresence: Service {
    private let registry: HostRegistry
    private let id: ID<ServingHost>
    private let description: ServingHost.Description
    private let logger: Logger
    private let told = Told()

    /// Whom there has been a warning about.
    private final class Told: Sendable {
        let hosts = Mutex(Set<ID<ServingHost>>())
    }

    /// - Parameters:
    ///   - description: What this process says of itself.
    ///   - database: The deployment's database.
    ///   - logger: Warned.
    package init(_ description: ServingHost.Description, _ database: Database, logger: Logger) {
        self.registry = HostRegistry(database)
        let (high, low) = database.ids.make(at: database.clock.now)
        self.id = ID(high: high, low: low)
        self.description = description
        self.logger = logger
    }

    /// Says that this host is there, and warns once about each other one that differs.
    ///
    /// - Returns: All hosts that are known.
    /// - Throws: ``StorageError`` when the database does not answer.
    @discardableResult
    package func step() async throws -> [ServingHost] {
        let all = try await self.registry.announce(self.id, self.description)
        let odd = all.filter { $0.isAlive && !$0.description.agrees(with: self.description) }
        let fresh = self.told.hosts.withLock { told in
            defer { told = Set(odd.map(\.id)) }
            return odd.filter { !told.contains($0.id) }
        }
        for host in fresh {
            let differs = host.description.version == self.description.version ? "manifest" : "program"
            self.logger.warning(
                "another host does not run the same program with the same manifest: see `almanac hosts`",
                metadata: [
                    "differs": "\(differs)",
                    "host": "\(host.description.machine)", "process": "\(host.description.process)",
                    "version": "\(host.description.version)", "own": "\(self.description.version)",
                ])
        }
        return all
    }

    /// Takes this process out of the list.
    package func leave() async throws { try await self.registry.leave(self.id) }

    /// Takes a step at once and then every quarter of a minute, and leaves at graceful shutdown.
    package func run() async throws {
        await Repetition(every: .seconds(HostRegistry.intervalSeconds)).runUntilShutdown { _ in
            do {
                try await self.step()
            } catch {
                self.logger.warning(
                    "this host could not be entered in the list of hosts", metadata: ["error": "\(error)"])
            }
        }
        // Whoever cannot be reached any more forgets this host by itself.
        try? await self.leave()
    }
}
