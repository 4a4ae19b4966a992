internal import AlmanacTestKit
internal import Foundation

/// ``CeilingServer`` as a process of its own, as the server it is compared with is one.
struct CeilingProcess {
    /// The port on 127.0.0.1.
    let port: Int
    private let process: Process

    /// Runs `body` beside a ceiling server.
    ///
    /// - Parameters:
    ///   - payload: What `/bytes` answers.
    ///   - body: The load.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``TestKitError`` when the server does not begin to listen.
    static func with<T>(payload: [UInt8] = [], _ body: (Int) async throws -> T) async throws -> T {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let ceiling = try CeilingProcess(payload: try folder.write(payload, to: "payload"))
        defer { ceiling.stop() }
        return try await body(ceiling.port)
    }

    private init(payload path: String) throws {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["ceiling", "--payload", path]
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
        guard let port = String(decoding: line, as: UTF8.self).split(separator: " ").last.flatMap({ Int($0) }) else {
            process.terminate()
            throw TestKitError("the ceiling server did not begin to listen")
        }
        self.port = port
        self.process = process
    }

    private func stop() {
        self.process.terminate()
        self.process.waitUntilExit()
    }
}
