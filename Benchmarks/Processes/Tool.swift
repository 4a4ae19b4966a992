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
        // Files, not pipes: nobody needs to read one stream while the program fills the other.
        try folder.write(Array(input.utf8), to: "input")
        try folder.write([], to: "output")
        try folder.write([], to: "errors")
        let status = try Self.wait(for: try Self.spawn(path, arguments, in: folder))
        let output = String(decoding: try folder.read("output"), as: UTF8.self)
        guard status == 0 else {
            let errors = String(decoding: try folder.read("errors"), as: UTF8.self)
            throw TestKitError("\(arguments.first ?? path) failed (wait status \(status)):\n\(output)\(errors)")
        }
        return output
    }

    /// Starts a program with its streams in a folder.
    ///
    /// Not by Foundation's `Process`: that waits until every descendant is gone, and a cluster's server outlives the
    /// script that starts it.
    private static func spawn(_ path: String, _ arguments: [String], in folder: TemporaryFolder) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder.file("input"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.file("output"), O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, folder.file("errors"), O_WRONLY, 0)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let code = posix_spawn(&id, path, &actions, nil, &words, environ)
        guard code == 0 else { throw TestKitError("\(path) cannot be started: \(String(cString: strerror(code)))") }
        return id
    }

    private static func wait(for id: pid_t) throws -> Int32 {
        var status = Int32()
        while waitpid(id, &status, 0) < 0 {
            guard errno == EINTR else { throw TestKitError("process \(id) cannot be waited for") }
        }
        return status
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
