internal import CLibPQ
internal import Foundation
internal import Synchronization

/// PostgreSQL's own programs, run against a database without its password on any command line.
struct PostgresPrograms: Sendable {
    /// Called with each piece of what a program writes to its standard output.
    typealias Output = (Data) throws -> Void

    private let configuration: PostgresConfiguration

    /// Prepares for a database; signs in as the owner of the tables, where the configuration names one.
    init(_ configuration: PostgresConfiguration) {
        var configuration = configuration
        configuration.url = configuration.ownerURL ?? configuration.url
        self.configuration = configuration
    }

    /// Runs a program to its end, on this thread.
    ///
    /// - Parameters:
    ///   - name: `pg_dump` or another one that comes with PostgreSQL.
    ///   - arguments: Its arguments.
    ///   - output: Takes its standard output.
    /// - Throws: ``StorageError`` with what the program complained of; what `output` throws.
    func run(_ name: String, _ arguments: [String], output: Output = { _ in }) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.find(name))
        process.arguments = arguments
        process.environment = try self.environment
        let (standardOutput, standardError) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = standardOutput
        process.standardError = standardError
        do { try process.run() } catch {
            throw StorageError(.unavailable, "\(name) cannot be started: \(error)")
        }
        let complaint = Complaint()
        let isHeard = DispatchSemaphore(value: 0)
        let errors = standardError.fileHandleForReading
        DispatchQueue(label: "almanac.postgres.program").async {
            Self.read(errors) { complaint.add($0) }
            isHeard.signal()
        }
        let result = Result { try Self.read(standardOutput.fileHandleForReading, output) }
        if case .failure = result { process.terminate() }
        process.waitUntilExit()
        isHeard.wait()
        try result.get()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let said = self.configuration.url.redacting(complaint.text)
            throw StorageError(.unavailable, "\(name) failed: \(said.isEmpty ? "it gave no reason" : said)")
        }
    }

    /// Passes on what comes until the end; a signal that interrupts reading, by which FileHandle's own ends the process, is
    /// nothing.
    private static func read(_ handle: FileHandle, _ take: (Data) throws -> Void) rethrows {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(handle.fileDescriptor, &buffer, buffer.count)
            if count > 0 {
                try take(Data(buffer[..<count]))
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }

    /// The place of a program: on the search path, else where Debian and others keep those of each version.
    private static func find(_ name: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        var folders = path.split(separator: ":").map(String.init)
        for root in ["/usr/lib/postgresql", "/usr/local/pgsql"] {
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
        }
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") })
        else {
            throw StorageError(
                .unavailable,
                """
                there is no \(name) on the search path: install PostgreSQL's client programs of the server's version or \
                a newer one (Debian: postgresql-client)
                """)
        }
        return "\(folder)/\(name)"
    }

    /// What tells the program where to go: everything of the URL, in the variables that libpq reads.
    private var environment: [String: String] {
        get throws {
            var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
            let options = try self.configuration.url.environment()
            variables.merge(options) { $1 }
            // Row-level security is forced on owners too; without this they would see nothing.
            variables["PGOPTIONS"] = [variables["PGOPTIONS"], "-c almanac.scope=system"].compactMap { $0 }
                .joined(separator: " ")
            variables["PGAPPNAME"] = self.configuration.applicationName
            return variables
        }
    }

    /// What a program wrote to its standard error, at most 4,000 bytes of it.
    private final class Complaint: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        func add(_ data: Data) {
            self.bytes.withLock { bytes in bytes += data.prefix(max(0, 4_000 - bytes.count)) }
        }

        var text: String {
            let text = String(decoding: self.bytes.withLock { $0 }, as: UTF8.self)
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }
}

extension PostgresURL {
    /// The options of the URL by the variables with which libpq reads them; what it leaves out comes from this
    /// process's own variables, as for libpq itself.
    ///
    /// - Throws: ``StorageError`` for an option that no variable carries.
    func environment() throws -> [String: String] {
        guard let options = PQconninfoParse(self.secretText, nil) else {
            throw StorageError(.unavailable, "the PostgreSQL URL cannot be read")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var at = options
        while let keyword = at.pointee.keyword {
            defer { at += 1 }
            guard let value = at.pointee.val else { continue }
            guard let variable = at.pointee.envvar else {
                // These two change nothing but how a dead connection is noticed.
                let name = String(cString: keyword)
                if name.hasPrefix("keepalives") || name == "tcp_user_timeout" { continue }
                throw StorageError(
                    .unavailable, "the PostgreSQL URL has the parameter \(name), which pg_dump cannot be told safely")
            }
            found[String(cString: variable)] = String(cString: value)
        }
        if let database = self.database { found["PGDATABASE"] = database }
        let own = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("PG") }
        return own.merging(found) { $1 }
    }
}
