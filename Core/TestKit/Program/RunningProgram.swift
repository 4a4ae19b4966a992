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
    private let process: ProcessBox
    /// Kept open, so that writing to it does not fail.
    private let unread: Pipe?

    /// `@unchecked`: after the launch only `isRunning` is read, which Foundation guards.
    private struct ProcessBox: @unchecked Sendable {
        let process: Process
    }

    /// Starts the program, which finds `input` on its standard input.
    ///
    /// Unless `readsErrors`, nobody takes what it writes to its standard error: when the pipe is full, writing blocks.
    init(
        _ executable: String, _ arguments: [String], in folder: String, environment: [String: String], input: [UInt8],
        readsErrors: Bool = true
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (standardInput, standardOutput, standardError) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardError
        let ended = Ending()
        process.terminationHandler = { process in
            // Killed by a signal counts as a shell counts it.
            ended.tell(process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
        }
        do {
            try process.run()
        } catch {
            throw TestKitError("\(executable) cannot be started: \(error)")
        }
        self.id = process.processIdentifier
        self.process = ProcessBox(process: process)
        self.state = Mutex(State())
        self.output.read(standardOutput.fileHandleForReading)
        self.unread = readsErrors ? nil : standardError
        if readsErrors { self.errors.read(standardError.fileHandleForReading) }
        ended.listen { code in self.hasEnded(code) }
        // A program that does not read must not end this process by SIGPIPE.
        signal(SIGPIPE, SIG_IGN)
        try? standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try? standardInput.fileHandleForWriting.close()
    }

    /// Whether it runs.
    var isRunning: Bool { self.state.withLock { $0.exitCode == nil } && self.process.process.isRunning }

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
        if self.isRunning { kill(self.id, number) }
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

    /// Passes the exit code on, whichever comes first: the end or who wants to know of it.
    private final class Ending: Sendable {
        private let state = Mutex<(code: Int32?, listener: (@Sendable (Int32) -> Void)?)>((nil, nil))

        func tell(_ code: Int32) {
            let listener = self.state.withLock { state in
                state.code = code
                return state.listener
            }
            listener?(code)
        }

        func listen(_ listener: @escaping @Sendable (Int32) -> Void) {
            let code = self.state.withLock { state in
                state.listener = listener
                return state.code
            }
            if let code { listener(code) }
        }
    }
}
