public import AlmanacStorage
public import Logging
internal import Synchronization

/// The kernel as plugin `P` sees it: its own room and its declared neighbors.
public struct Kernel<P: Plugin>: Sendable {
    let core: KernelCore

    init(core: KernelCore) { self.core = core }

    /// Writes to the log, labeled with the plugin.
    public var logger: Logger {
        var logger = self.core.logger
        logger[metadataKey: "plugin"] = "\(P.declaration.id)"
        return logger
    }

    /// The time, by the injected clock.
    ///
    /// Inside a transaction use its `now`, which stays the same from the first statement to the last.
    public var now: Instant { self.core.database.clock.now }

    /// The clock that all hosts of the deployment share.
    public var sharedClock: SharedClock { SharedClock(self.core.database) }

    /// Randomness, by the injected source.
    public var random: any RandomSource { self.core.random }

    /// Seals and opens the values of the plugin's encrypted columns; see ``Declaration/encryptedColumns``.
    public var keys: KeyRing { self.core.keys }

    /// The people of an organization: what providers, customers and patients are facets of.
    public var people: People { self.core.people }

    /// What people have agreed to.
    public var consents: Consents { Consents() }

    /// The organizations of the deployment.
    public var organizations: Organizations { self.core.organizations }

    /// Tells what has just happened to whoever looks now, and hears it.
    public var signals: Signals { self.core.signals }

    /// Wakes those who follow something live when it has changed.
    public var live: LiveUpdates { self.core.live }

    /// The caller's transaction, seen from this plugin's own room: for services.
    @_lifetime(copy tx)
    public func entering(_ tx: ReadTransaction) -> ReadTransaction { tx.entering(P.declaration.id.namespace) }

    /// The caller's transaction, seen from this plugin's own room: for services.
    @_lifetime(copy tx)
    public func entering(_ tx: Transaction) -> Transaction { tx.entering(P.declaration.id.namespace) }

    /// The service of a plugin in `needs`.
    ///
    /// - Throws: ``UndeclaredUse`` when the declaration does not list its owner in `needs`.
    public func require<Service: Sendable>(_ key: ServiceKey<Service>) throws -> Service {
        guard P.declaration.needs.contains(key.owner) else {
            throw UndeclaredUse("uses the service \(key.path), but does not list \(key.owner) in `needs`")
        }
        guard let service = self.core.services.withLock({ $0[key.path] }) as? Service else {
            throw UndeclaredUse("\(key.owner) does not provide the service \(key.path)")
        }
        return service
    }

    /// The service of a plugin in `optional`, or `nil` when that is not enabled.
    ///
    /// - Throws: ``UndeclaredUse`` when the declaration does not list its owner in `optional`.
    public func find<Service: Sendable>(_ key: ServiceKey<Service>) throws -> Service? {
        guard P.declaration.optional.contains(key.owner) else {
            throw UndeclaredUse("uses the service \(key.path), but does not list \(key.owner) in `optional`")
        }
        return self.core.services.withLock { $0[key.path] } as? Service
    }
}
