package import AlmanacStorage
internal import Foundation
internal import Synchronization

/// A program that stands for a service of somebody else's, in Python, as a process of its own on this machine.
///
/// Its first line of output is a JSON object that says at which `port` of 127.0.0.1 it listens; each further line is a
/// JSON object too, about something that has happened to it. It is ended by its process id.
package final class Counterpart: Sendable {
    /// The Python that has what `Tests/requirements.txt` names; `nil` where it could not be had.
    package static let python: String? = ProcessInfo.processInfo.environment["ALMANAC_TEST_PYTHON"].flatMap {
        $0.isEmpty ? nil : $0
    }

    /// Whether tests with counterparts can run.
    package static var isAvailable: Bool { self.python != nil }

    /// What it said when it began to listen.
    package let greeting: JSON
    /// The port of 127.0.0.1 on which it listens.
    package let port: Int
    private let program: RunningProgram

    fileprivate init(_ program: RunningProgram) async throws {
        guard let line = await program.output.firstLine(within: .seconds(120), { $0.first == "{" ? $0 : nil }),
            let greeting = try? JSON(parsing: Array(line.utf8)), let port = greeting["port"]?.int
        else { throw TestKitError("the counterpart did not begin to listen: \(program.errors.text)") }
        self.greeting = greeting
        self.port = port
        self.program = program
    }

    /// The first of the events so far, and of those that come, for which `find` has an answer.
    ///
    /// - Throws: ``TestKitError`` with everything it wrote when there is none within 20 seconds.
    package func event<T: Sendable>(_ find: @escaping @Sendable (JSON) -> T?) async throws -> T {
        let found = Mutex<T?>(nil)
        let line = await self.program.output.firstLine(within: .seconds(20)) { line in
            guard line.first == "{", let event = try? JSON(parsing: Array(line.utf8)), let answer = find(event) else {
                return nil
            }
            found.withLock { if $0 == nil { $0 = answer } }
            return line
        }
        guard line != nil, let answer = found.withLock({ $0 }) else {
            throw TestKitError("no such event:\n\(self.program.output.text)\(self.program.errors.text)")
        }
        return answer
    }

    /// The events so far.
    package var events: [JSON] {
        self.program.output.text.split(separator: "\n").dropFirst().compactMap { try? JSON(parsing: Array($0.utf8)) }
    }

    fileprivate func end() async {
        self.program.send(signal: SIGTERM)
        _ = await self.program.exitCode(within: .seconds(5))
    }
}

/// Runs `body` with a counterpart, which is ended afterwards.
///
/// - Parameters:
///   - script: The path of its source.
///   - arguments: What it is told.
///   - folder: A folder of the test's.
///   - body: The test.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``TestKitError`` when the counterpart does not begin to listen.
package func withCounterpart<T>(
    _ script: String, _ arguments: [String] = [], in folder: TemporaryFolder,
    _ body: (Counterpart) async throws -> T
) async throws -> T {
    guard let python = Counterpart.python else {
        throw TestKitError("there is no Python for tests: see scripts/test-tools")
    }
    return try await Gate.counterparts.pass {
        let program = try RunningProgram(
            python, ["-u", script] + arguments, in: folder.path, environment: [:], input: [])
        do {
            let counterpart = try await Counterpart(program)
            let value = try await body(counterpart)
            await counterpart.end()
            return value
        } catch {
            program.send(signal: SIGTERM)
            _ = await program.exitCode(within: .seconds(5))
            throw error
        }
    }
}
