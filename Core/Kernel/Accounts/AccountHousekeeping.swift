internal import AlmanacStorage
internal import Logging
internal import ServiceLifecycle

/// Removes what about accounts has had its time: used and expired tokens, tries to sign in, devices nobody uses.
struct AccountHousekeeping: Service {
    let database: Database
    let logger: Logger

    /// How many rows of a table one step removes, so that no transaction takes long.
    static let batch = 1_000

    /// Removes at most ``batch`` rows of each table.
    ///
    /// - Returns: How many rows are gone.
    func step() async throws -> Int {
        try await self.database.write(in: .system(SystemScope("remove what has expired about accounts"))) { tx in
            let tokens = try tx.execute(
                """
                DELETE FROM \(AccountToken.table) WHERE id IN (
                    SELECT id FROM \(AccountToken.table)
                    WHERE expires_at <= \(tx.now.adding(seconds: -AccountToken.memorySeconds)) LIMIT \(Self.batch))
                """)
            let tries = try tx.execute(
                """
                DELETE FROM \(SignInPace.table) WHERE subject IN (
                    SELECT subject FROM \(SignInPace.table) WHERE forget_at <= \(tx.now) LIMIT \(Self.batch))
                    AND forget_at <= \(tx.now)
                """)
            let devices = try tx.execute(
                """
                DELETE FROM \(KnownDevice.table) WHERE id IN (
                    SELECT id FROM \(KnownDevice.table)
                    WHERE last_used_at <= \(tx.now.adding(seconds: -KnownDevice.memorySeconds)) LIMIT \(Self.batch))
                """)
            return tokens + tries + devices
        }
    }

    /// Takes a step every ten minutes until graceful shutdown.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(600))) != nil {
                do {
                    _ = try await self.step()
                } catch {
                    self.logger.warning(
                        "what has expired about accounts could not be removed", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
