package import AlmanacStorage
internal import Foundation

/// A PostgreSQL server of a test's own, which may hang or break without hurting other tests.
///
/// It flushes to the disk as a real one does.
package final class PostgresCluster: Sendable {
    /// A database on it, for an ordinary role that may make tables there.
    package let url: PostgresURL
    /// The same database, as a manifest names it.
    package let storage: ProgramStorage
    private let postmaster: Int32

    fileprivate init(url: String, folder: String) throws {
        self.url = try PostgresURL(url)
        self.storage = .postgres(at: url)
        let lines = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        guard let postmaster = lines.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw TestKitError("the server in \(folder) has written no process id")
        }
        self.postmaster = postmaster
    }

    /// Stops all processes of the server where they are: connections stay, and nothing is answered.
    ///
    /// - Returns: Once all of them stand still.
    package func pause() {
        kill(self.postmaster, SIGSTOP)
        while let state = Self.state(of: self.postmaster), state != "T", state != "Z" { sched_yield() }
        for child in self.children {
            kill(child, SIGSTOP)
            while let state = Self.state(of: child), state != "T", state != "Z" { sched_yield() }
        }
    }

    /// Lets all processes go on.
    package func resume() {
        for process in self.children + [self.postmaster] { kill(process, SIGCONT) }
    }

    /// The ids of its processes but the first: of its connections, and of those that write in the background.
    package var children: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { Self.fields(of: $0)?.parent == self.postmaster }
    }

    private static func state(of process: Int32) -> String? { self.fields(of: process)?.state }

    /// The state and the parent of a process (proc(5), `/proc/PID/stat`); `nil` when there is none.
    private static func fields(of process: Int32) -> (state: String, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let words = text[text.index(after: end)...].split(separator: " ")
        guard words.count > 1, let parent = Int32(words[1]) else { return nil }
        return (String(words[0]), parent)
    }
}

/// Runs `body` with a server of its own, which is removed afterwards.
///
/// - Parameter body: The test; the server may hang when it ends.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``TestKitError`` when there is no server.
package func withPostgresCluster<T>(_ body: (PostgresCluster) async throws -> T) async throws -> T {
    let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    let script = root.appendingPathComponent("scripts/postgres-cluster").path
    // Made by the script, for the user as whom the server runs.
    let folder = NSTemporaryDirectory() + "/almanac-cluster-" + String(SystemRandom().next() >> 24, radix: 36)
    func run(_ action: String, _ options: [String] = []) async throws -> String {
        let program = try RunningProgram(
            script, [action, folder] + options, in: root.path, environment: [:], input: [])
        let code = await program.exitCode(within: .seconds(120))
        guard code == 0 else { throw TestKitError("\(script) \(action) ends with \(code): \(program.errors.text)") }
        return await program.output.firstLine(within: .seconds(10)) { String($0) } ?? ""
    }
    let cluster = try PostgresCluster(url: try await run("start", ["--durable"]), folder: folder)
    do {
        let value = try await body(cluster)
        cluster.resume()
        _ = try await run("stop")
        return value
    } catch {
        cluster.resume()
        _ = try? await run("stop")
        throw error
    }
}
