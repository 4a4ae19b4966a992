internal import AlmanacTestKit
internal import Foundation

/// A program of the system that is run to its end.
enum Tool {
    /// Runs a program and returns what it wrote to its standard output.
    ///
    /// - Throws: ``TestKitError`` with what it wrote to its standard error, when it fails.
    @discardableResult
    static func run(_ path: String, _ arguments: [String], input: String = "") throws -> String {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // Files, not pipes: nobody needs to read one stream while the program fills the other.
        process.standardInput = FileHandle(forReadingAtPath: try folder.write(Array(input.utf8), to: "input"))
        process.standardOutput = FileHandle(forWritingAtPath: try folder.write([], to: "output"))
        process.standardError = FileHandle(forWritingAtPath: try folder.write([], to: "errors"))
        do {
            try process.run()
        } catch {
            throw TestKitError("\(path) cannot be started: \(error)")
        }
        process.waitUntilExit()
        let output = String(decoding: try folder.read("output"), as: UTF8.self)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let errors = String(decoding: try folder.read("errors"), as: UTF8.self)
            let name = URL(fileURLWithPath: path).lastPathComponent
            throw TestKitError("\(name) failed (\(process.terminationStatus)):\n\(output)\(errors)")
        }
        return output
    }

    /// The folder of the package: the nearest one above this program that holds its scripts.
    static func packageFolder() throws -> String {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let script = folder.appendingPathComponent("scripts/postgres-cluster").path
            if FileManager.default.isExecutableFile(atPath: script) { return folder.path }
        }
        throw TestKitError("the benchmarks must run from the build folder of the package: they use its scripts")
    }
}
