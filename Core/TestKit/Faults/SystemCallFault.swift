internal import Foundation

/// A fault at a system call of a running process: the call fails, or the process is killed at the moment it makes it.
///
/// `strace` does it, which attaches to the process and lets go of it again. The fault strikes when the call begins, so
/// that a killed `fdatasync` has not flushed, a killed `pwrite64` has left part of a transaction in the file, and a
/// killed `writev` keeps an answer from its client after all was committed.
public struct SystemCallFault: Sendable, CustomStringConvertible {
    /// What happens at the call.
    public enum Effect: Sendable {
        /// The process gets SIGKILL.
        case kill
        /// The call does nothing and returns this error: `EIO`, `ENOSPC`.
        case error(String)
    }

    /// At which of a thread's calls, counted from 1 when strace has attached, it happens.
    public enum Occurrence: Sendable {
        /// At each.
        case always
        /// At this one only.
        case once(Int)
        /// At one of so many, the first of them included.
        case oneOf(Int)
    }

    /// The calls as strace names them, with commas: `fdatasync,pwrite64`.
    public let calls: String
    /// What happens at them.
    public let effect: Effect
    /// When it happens.
    public let occurrence: Occurrence

    /// Describes a fault; nothing happens yet.
    public init(_ effect: Effect, at calls: String, _ occurrence: Occurrence = .always) {
        self.effect = effect
        self.calls = calls
        self.occurrence = occurrence
    }

    /// What strace is told.
    public var description: String {
        let effect =
            switch self.effect {
            case .kill: "signal=SIGKILL"
            case .error(let name): "error=\(name)"
            }
        let when =
            switch self.occurrence {
            case .always: ""
            case .once(let number): ":when=\(number)"
            case .oneOf(let number): ":when=1+\(number)"
            }
        return "\(self.calls):\(effect)\(when)"
    }

    private static let strace = "/usr/bin/strace"

    /// Injects the fault into processes for as long as `body` runs.
    ///
    /// - Parameters:
    ///   - processes: Their ids; all threads of each are meant, those that begin later too, but no child that is there.
    ///   - body: What is done meanwhile; it begins when strace has attached.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``TestKitError`` when strace cannot attach, before `body` has begun.
    public func inject<T>(into processes: [Int32], _ body: () async throws -> T) async throws -> T {
        let arguments = [
            "-f", "-e", "trace=\(self.calls)", "-e", "signal=none", "-e", "inject=\(self)", "-o", "/dev/null",
        ]
        let strace = try RunningProgram(
            Self.strace, arguments + processes.flatMap { ["-p", "\($0)"] }, in: "/", environment: [:], input: [])
        for process in processes {
            let line = await strace.errors.firstLine(within: .seconds(10)) { line in
                line.contains("Process \(process) attached") ? line : nil
            }
            guard line != nil else {
                strace.send(signal: SIGKILL)
                throw TestKitError("strace cannot attach to process \(process): \(strace.errors.text)")
            }
        }
        do {
            let value = try await body()
            await Self.end(strace)
            return value
        } catch {
            await Self.end(strace)
            throw error
        }
    }

    /// SIGINT makes strace let go of what it has attached to.
    private static func end(_ strace: RunningProgram) async {
        strace.send(signal: SIGINT)
        _ = await strace.exitCode(within: .seconds(10))
    }
}
