internal import AlmanacStorage
internal import Logging

/// Notices that the keys were rotated, and seals everything again in the background.
///
/// A rotation by the command line reaches servers through the keys themselves; on SQLite, whose file has one writer,
/// the server is also the only one who can do the work.
package actor KeyUpkeep {
    /// Seconds between two looks at the keys.
    private static let interval: Int64 = 30

    private let encryption: FieldEncryption
    private let clock: any WallClock
    private let logger: Logger
    private var primary: KeyID?
    /// When the next passes begin, the earliest first.
    private var due: [Instant] = []

    init(_ encryption: FieldEncryption, clock: any WallClock, logger: Logger) {
        self.encryption = encryption
        self.clock = clock
        self.logger = logger
    }

    /// Looks at the keys now and then.
    nonisolated var work: BackgroundWork {
        // Sealing everything again takes as long as there are values.
        .housekeeping("keys", everySeconds: Int(Self.interval), limit: .seconds(3_600)) {
            _ = try await self.step()
            return false
        }
    }

    /// Looks at the keys once.
    ///
    /// After a rotation there are two passes: one at once, and one when every other host has noticed it too, for what
    /// they have sealed with the former key meanwhile.
    ///
    /// - Returns: What a pass led to, when one was due.
    @discardableResult
    package func step() async throws -> FieldEncryption.Pass? {
        let now = self.clock.now
        let primary = try self.encryption.ring.keys(noOlderThan: Self.interval * 500_000).primary.id
        if primary != self.primary {
            self.primary = primary
            self.due = [now, now.adding(microseconds: 2 * KeyRing.freshness)]
        }
        guard let first = self.due.first, first <= now else { return nil }
        let pass = try await self.encryption.reseal()
        self.due.removeFirst()
        if pass.resealed > 0 {
            self.logger.info(
                "encrypted values are sealed with another key now",
                metadata: ["key": "\(primary)", "values": "\(pass.resealed)"])
        }
        if pass.unreadable > 0 {
            self.logger.error(
                "encrypted values cannot be read",
                metadata: [
                    "values": "\(pass.unreadable)",
                    "unknown-keys": "\(pass.unknownKeys.sorted().map(\.description).joined(separator: " "))",
                ])
        }
        return pass
    }
}
