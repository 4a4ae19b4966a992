/// Makes identifiers that were never made before.
///
/// Injected, so that tests can foresee them. Called inside transactions: it must not block for long.
public protocol IDSource: Sendable {
    /// A new identifier, high half first.
    ///
    /// - Parameter now: When the thing is created; a version 7 identifier begins with it.
    /// - Returns: The two halves of the identifier.
    func make(at now: Instant) -> (UInt64, UInt64)
}

extension IDSource {
    /// A new identifier of an `Entity`.
    public func makeID<Entity>(_ type: Entity.Type = Entity.self, at now: Instant) -> ID<Entity> {
        let (high, low) = self.make(at: now)
        return ID(high: high, low: low)
    }
}
