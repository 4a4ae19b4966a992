internal import Foundation
internal import Synchronization

/// The real executable as a process of its own.
///
/// It is ended by its process id and never outlives the test.
final class RunningProgram: Sendable {
    private struct State {
        var exitCode: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    let output = ProgramOutput()
    let errors = ProgramOutput()
    /// The process id.
    let id: Int32
    private let state: Mutex<State>
    /// Kept open, so that writing to it does not fail.
    private let unread: Pipe?

    /// Starts the program, which finds `input` on its standard input.
    ///
    /// Unless `readsErrors`, nobody takes what it writes to its standard error: when the pipe is full, writing blocks.
    init(
        _ executable: String, _ arguments: [String], in folder: String, environment: [String: String], input: [UInt8],
        readsErrors: Bool = true
    ) throws {
        let (standardInput, standardOutput, standardError) = (Pipe(), Pipe(), Pipe())
        let process = try ChildProcess(
            executable, arguments, in: folder,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            ChildProcess.Streams(
                input: standardInput.fileHandleForReading.fileDescriptor,
                output: standardOutput.fileHandleForWriting.fileDescriptor,
                errors: standardError.fileHandleForWriting.fileDescriptor))
        // The streams end with the program only when nobody else has these ends.
        try standardInput.fileHandleForReading.close()
        try standardOutput.fileHandleForWriting.close()
        try standardError.fileHandleForWriting.close()
        self.id = process.id
        self.state = Mutex(State())
        self.output.read(standardOutput.fileHandleForReading)
        self.unread = readsErrors ? nil : standardError
        if readsErrors { self.errors.read(standardError.fileHandleForReading) }
        Thread {
            self.hasEnded(process.awaitEnd())
            // From now on its id may be somebody else's; nobody sends it anything any more.
            process.reap()
        }.start()
        // A program that does not read must not end this process by SIGPIPE.
        signal(SIGPIPE, SIG_IGN)
        try? standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try? standardInput.fileHandleForWriting.close()
    }

    /// Whether it runs.
    var isRunning: Bool { self.state.withLock { $0.exitCode == nil } }

    /// Waits for the end; past `timeout` it is killed.
    func exitCode(within timeout: Duration) async -> Int32 {
        DispatchQueue.global().asyncAfter(deadline: .now() + timeout.timeInterval) { self.send(signal: SIGKILL) }
        return await withCheckedContinuation { continuation in
            let code = self.state.withLock { state -> Int32? in
                if state.exitCode == nil { state.waiters.append(continuation) }
                return state.exitCode
            }
            if let code { continuation.resume(returning: code) }
        }
    }

    /// Sends a signal, unless it has ended: its process id may belong to somebody else by then.
    func send(signal number: Int32) {
        self.state.withLock { state in if state.exitCode == nil { kill(self.id, number) } }
    }

    /// Whether the program catches a signal.
    ///
    /// Not the copy of this process that becomes the program: what that catches it does not any more then.
    func catches(signal number: Int32) -> Bool {
        guard let image = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(self.id)/exe"),
            let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), image != own,
            let status = try? String(contentsOfFile: "/proc/\(self.id)/status", encoding: .utf8)
        else { return false }
        return status.split(separator: "\n").contains { line in
            guard line.hasPrefix("SigCgt:"),
                let mask = UInt64(line.dropFirst(7).drop { $0.isWhitespace }, radix: 16)
            else { return false }
            return mask & (1 << UInt64(number - 1)) != 0
        }
    }

    private func hasEnded(_ code: Int32) {
        let waiters = self.state.withLock { state in
            state.exitCode = code
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: code) }
    }
}
