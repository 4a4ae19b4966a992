internal import Foundation

/// The `almanac` executable in a folder with a manifest: for tests from outside.
///
/// ```swift
/// try await withProgram(manifest: text) { program in
///     let result = try await program.run(["check"])
///     try await program.serve { server in
///         let answer = try await server.client.get("/health/ready")
///         …
///     }
/// }
/// ```
public struct Program: Sendable {
    /// What a run of the program led to.
    public struct Result: Sendable, CustomStringConvertible {
        /// 0 fine, 1 refused or failed, 2 wrong usage or configuration; 128 and more: ended by a signal.
        public let exitCode: Int32
        /// What it wrote to its standard output.
        public let output: String
        /// What it wrote to its standard error.
        public let errors: String

        /// Everything, for failures.
        public var description: String { "exit code \(self.exitCode)\n\(self.output)\(self.errors)" }
    }

    /// The folder in which it runs.
    public let folder: String
    /// The manifest's path.
    public let manifest: String
    private let executable: String
    private let environment: [String: String]

    init(in folder: TemporaryFolder, manifest: String, environment: [String: String]) throws {
        self.folder = folder.path
        self.manifest = try folder.write(Array(manifest.utf8), to: "plugins.yaml")
        self.executable = try Self.findExecutable("almanac", namedBy: "ALMANAC_BINARY")
        self.environment = environment
    }

    /// What the variable names, or the executable beside the test bundle.
    private static func findExecutable(_ name: String, namedBy variable: String? = nil) throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let named = variable.flatMap({ environment[$0] }), !named.isEmpty { return named }
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let candidate = own.deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: candidate) else {
            let remedy = variable.map { ", or name it in \($0)" } ?? ""
            throw TestKitError("there is no program at \(candidate): build it by `swift build`\(remedy)")
        }
        return candidate
    }

    /// Runs another executable of the package to its end, one that stands beside the test bundle.
    ///
    /// - Parameters:
    ///   - name: The executable's name.
    ///   - arguments: What it is told.
    ///   - timeout: After this time it is killed, which shows as exit code 137.
    /// - Returns: The exit code and everything it wrote.
    /// - Throws: ``TestKitError`` when it cannot be started.
    package static func run(
        _ name: String, _ arguments: [String], timeout: Duration = .seconds(180)
    ) async throws -> Result {
        let executable = try Self.findExecutable(name)
        return try await Gate.programs.pass {
            try await withTemporaryFolder { folder in
                let program = try RunningProgram(executable, arguments, in: folder.path, environment: [:], input: [])
                return await Self.finish(program, within: timeout)
            }
        }
    }

    private static func finish(_ program: RunningProgram, within timeout: Duration) async -> Result {
        let code = await program.exitCode(within: timeout)
        // The streams end after the process: what they hold is complete only then.
        _ = await program.output.firstLine(within: .seconds(5)) { _ in nil }
        _ = await program.errors.firstLine(within: .seconds(5)) { _ in nil }
        return Result(exitCode: code, output: program.output.text, errors: program.errors.text)
    }

    /// Writes a file into the folder and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let path = "\(self.folder)/\(name)"
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: What is typed after `almanac`; relative paths start from ``folder``.
    ///   - input: What it finds on its standard input.
    ///   - timeout: After this time it is killed, which shows as exit code 137.
    /// - Returns: The exit code and everything it wrote.
    /// - Throws: ``TestKitError`` when it cannot be started.
    public func run(
        _ arguments: [String], input: String = "", timeout: Duration = .seconds(180)
    ) async throws -> Result {
        await Self.finish(try self.start(arguments, input: input), within: timeout)
    }

    /// Runs `almanac serve` on a free port for as long as `body` runs.
    ///
    /// - Parameters:
    ///   - arguments: Further options of `serve`.
    ///   - body: What is done with the server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``TestKitError`` with the server's output when it does not begin to listen.
    public func serve<T>(_ arguments: [String] = [], _ body: (ServerProcess) async throws -> T) async throws -> T {
        try await self.serve(arguments, readsErrors: true, body)
    }

    /// Runs `almanac serve`, whose log nobody takes unless `readsErrors`.
    package func serve<T>(
        _ arguments: [String] = [], readsErrors: Bool, _ body: (ServerProcess) async throws -> T
    ) async throws -> T {
        let program = try self.start(
            ["serve", "--manifest", self.manifest, "--port", "0"] + arguments, input: "", readsErrors: readsErrors)
        do {
            let server = try await ServerProcess(program)
            let value = try await body(server)
            _ = await server.terminate()
            return value
        } catch {
            program.send(signal: SIGTERM)
            _ = await program.exitCode(within: .seconds(10))
            throw error
        }
    }

    /// The same program and folder with further variables.
    package func adding(_ variables: [String: String]) -> Program {
        Program(self, environment: self.environment.merging(variables) { $1 })
    }

    private init(_ other: Program, environment: [String: String]) {
        self.folder = other.folder
        self.manifest = other.manifest
        self.executable = other.executable
        self.environment = environment
    }

    /// Starts `almanac serve`, sends SIGTERM as soon as it catches that, and waits for the end.
    package func serveInterrupted() async throws -> Result {
        let program = try self.start(["serve", "--manifest", self.manifest, "--port", "0"], input: "")
        while program.isRunning, !program.catches(signal: SIGTERM) { await Task.yield() }
        program.send(signal: SIGTERM)
        return await Self.finish(program, within: .seconds(30))
    }

    private func start(_ arguments: [String], input: String, readsErrors: Bool = true) throws -> RunningProgram {
        try RunningProgram(
            self.executable, arguments, in: self.folder, environment: self.environment, input: Array(input.utf8),
            readsErrors: readsErrors)
    }
}

/// Runs `body` with the program and a manifest in a folder of its own, which is removed afterwards.
///
/// - Parameters:
///   - manifest: The text of `plugins.yaml`.
///   - environment: Variables that the program sees besides this process's.
///   - body: The test.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``TestKitError`` when the program has not been built.
public func withProgram<T>(
    manifest: String, environment: [String: String] = [:], _ body: (Program) async throws -> T
) async throws -> T {
    try await Gate.programs.pass {
        try await withTemporaryFolder { folder in
            try await body(try Program(in: folder, manifest: manifest, environment: environment))
        }
    }
}

/// Runs `body` with a server of the given manifest: `almanac serve` on a free port.
public func withServer<T>(
    manifest: String, arguments: [String] = [], environment: [String: String] = [:],
    _ body: (ServerProcess) async throws -> T
) async throws -> T {
    try await withProgram(manifest: manifest, environment: environment) { try await $0.serve(arguments, body) }
}
