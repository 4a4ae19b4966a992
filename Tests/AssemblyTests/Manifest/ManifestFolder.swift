import AlmanacAssembly
import AlmanacKernel
import Foundation
import Testing

/// A folder with files of a test, gone with the value.
final class ManifestFolder {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/almanac-manifest-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        self.path = try #require(made)
        for (name, content) in files {
            try self.write(Array(content.utf8), to: name)
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: self.path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// Reads a manifest of the folder.
    func load(_ name: String = "plugins.yaml", environment: [String: String] = [:]) throws -> Manifest {
        try ManifestFile.load(path: "\(self.path)/\(name)", environment: environment)
    }

    /// What is wrong with a manifest of the folder, one line each, without the path of the folder.
    func complaints(_ name: String = "plugins.yaml", environment: [String: String] = [:]) -> [String] {
        ManifestFile.examine(path: "\(self.path)/\(name)", environment: environment).problems
            .map { $0.description.replacingOccurrences(of: "\(self.path)/", with: "") }
    }
}

/// A manifest in which only what a test is about is left out.
enum ManifestText {
    static let organization = "organization: {slug: lindenhof, timeZone: UTC, locale: de, currency: EUR}\n"
    static let storage = "storage: {backend: sqlite, path: data/lindenhof.sqlite}\n"
    static let name = "name: Fahrschule Lindenhof\n"

    /// A manifest that is complete with what is added.
    static func complete(_ rest: String = "") -> String {
        self.name + self.organization + self.storage + rest
    }
}
