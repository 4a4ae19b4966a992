package import AlmanacStorage
internal import Foundation

/// A PostgreSQL server and its standby, two real clusters of one test's own.
///
/// The standby streams. With `isSynchronous` a commit is confirmed only when the standby has it on its disk as well, so
/// that a failover loses nothing; otherwise the last moments may be lost, as in any asynchronous replication. Either way
/// the primary confirms only what it has on its own disk, so that it may be ended at any instant.
package final class PostgresPair: Sendable {
    /// The primary at the beginning.
    package let primary: PostgresURL
    /// The standby at the beginning.
    package let standby: PostgresURL
    /// Both, of which the one that takes writes is meant; with the password.
    package let address: String
    private let folder: TemporaryFolder

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/postgres-cluster").path

    fileprivate init(in folder: TemporaryFolder, isSynchronous: Bool) async throws {
        self.folder = folder
        // The servers are not root, and have to come to their own folders in it.
        chmod(folder.path, 0o711)
        let first = try await Self.run("start", folder.file("a"), ["--durable"])
        let mode = isSynchronous ? ["--synchronous"] : []
        do {
            let second = try await Self.run("standby", folder.file("b"), [folder.file("a")] + mode)
            self.primary = try PostgresURL(first)
            self.standby = try PostgresURL(second)
            guard let at = first.lastIndex(of: "@"),
                let one = first.split(separator: ":").last?.prefix(while: \.isNumber),
                let other = second.split(separator: ":").last?.prefix(while: \.isNumber)
            else { throw TestKitError("the cluster's address has no port") }
            self.address =
                "\(first[...at])127.0.0.1:\(one),127.0.0.1:\(other)/postgres?target_session_attrs=read-write"
        } catch {
            _ = try? await Self.run("stop", folder.file("a"))
            _ = try? await Self.run("stop", folder.file("b"))
            throw error
        }
    }

    /// Kills every process of the primary at once (SIGKILL).
    package func killPrimary() async throws { try await Self.run("kill", self.folder.file("a")) }

    /// Ends the primary at once, without waiting for anybody, and starts it again; returns when it takes connections.
    package func restartPrimary() async throws { try await Self.run("restart", self.folder.file("a")) }

    /// Makes the standby the primary, and waits until it is.
    package func promote() async throws { try await Self.run("promote", self.folder.file("b")) }

    /// Stops the standby from applying what it receives, or lets it go on.
    package func setReplay(paused: Bool) async throws {
        try await Self.run(paused ? "pause" : "resume", self.folder.file("b"))
    }

    /// Ends the standby.
    package func stopStandby() async throws { try await Self.run("stop", self.folder.file("b")) }

    fileprivate func end() async {
        for name in ["b", "a"] { _ = try? await Self.run("stop", self.folder.file(name)) }
    }

    @discardableResult
    private static func run(_ command: String, _ folder: String, _ rest: [String] = []) async throws -> String {
        let program = try RunningProgram(self.script, [command, folder] + rest, in: "/", environment: [:], input: [])
        let code = await program.exitCode(within: .seconds(90))
        _ = await program.output.firstLine(within: .seconds(5)) { _ in nil }
        guard code == 0 else {
            throw TestKitError("postgres-cluster \(command) ended with \(code): \(program.errors.text)")
        }
        return program.output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// Runs `body` with a server and its standby, which are gone afterwards.
package func withPostgresPair<T>(
    isSynchronous: Bool = true, _ body: (PostgresPair) async throws -> T
) async throws -> T {
    try await Gate.counterparts.pass {
        try await withTemporaryFolder { folder in
            let pair = try await PostgresPair(in: folder, isSynchronous: isSynchronous)
            do {
                let value = try await body(pair)
                await pair.end()
                return value
            } catch {
                await pair.end()
                throw error
            }
        }
    }
}
