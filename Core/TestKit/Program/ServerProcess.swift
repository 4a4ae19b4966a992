internal import Foundation

/// `almanac serve` as a process of its own, listening on a free port.
public final class ServerProcess: Sendable {
    /// The port on which it listens.
    public let port: Int
    /// The address that it printed: `http://127.0.0.1:12345`.
    public let address: String
    private let program: RunningProgram

    /// Waits until the server says that it listens.
    init(_ program: RunningProgram) async throws {
        let address = await program.output.firstLine(within: .seconds(180)) { line in
            guard let range = line.range(of: "listening on http://") else { return nil }
            return "http://" + line[range.upperBound...].prefix { !$0.isWhitespace }
        }
        guard let address, let port = address.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw TestKitError(
                "the server did not begin to listen. It wrote:\n\(program.output.text)\(program.errors.text)")
        }
        self.address = address
        self.port = port
        self.program = program
    }

    /// The process id.
    public var processID: Int32 { self.program.id }

    /// Whether the process runs.
    public var isRunning: Bool { self.program.isRunning }

    /// What it wrote to its standard output so far.
    public var output: String { self.program.output.text }

    /// What it wrote to its standard error so far: its log.
    public var errors: String { self.program.errors.text }

    /// A client for it.
    public var client: LoopbackClient { LoopbackClient(port: self.port) }

    /// Asks it to end (SIGTERM) and waits; when that takes too long it is killed.
    ///
    /// - Returns: The exit code: 0 when it drained and ended by itself, 137 when it was killed.
    @discardableResult
    public func terminate(within timeout: Duration = .seconds(60)) async -> Int32 {
        self.program.send(signal: SIGTERM)
        return await self.program.exitCode(within: timeout)
    }

    /// Waits until it has ended by itself, or by what was done to it; when that takes too long it is killed.
    ///
    /// - Returns: The exit code; 128 and more when it was ended by a signal.
    @discardableResult
    public func awaitEnd(within timeout: Duration) async -> Int32 {
        await self.program.exitCode(within: timeout)
    }

    /// Kills it in the middle of whatever it does (SIGKILL), and waits until it is gone.
    public func kill() async {
        self.program.send(signal: SIGKILL)
        _ = await self.program.exitCode(within: .seconds(60))
    }
}
