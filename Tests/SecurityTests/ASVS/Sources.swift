import AlmanacTestKit
import Foundation

/// The source files of the repository.
enum Sources {
    struct File {
        /// Relative to the repository.
        let path: String
        let text: String

        /// Whether a word stands anywhere in it, byte for byte.
        func holds(_ word: String) -> Bool { self.text.withCString { strstr($0, word) != nil } }
    }

    static let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

    /// The Swift files under some folders.
    static func all(under folders: [String]) throws -> [File] {
        var files: [File] = []
        for folder in folders {
            let start = Self.root.appendingPathComponent(folder)
            guard let paths = FileManager.default.enumerator(atPath: start.path) else { continue }
            for case let path as String in paths where path.hasSuffix(".swift") && !path.contains(".build") {
                guard let data = FileManager.default.contents(atPath: start.appendingPathComponent(path).path) else {
                    throw TestKitError("\(folder)/\(path) cannot be read")
                }
                files.append(File(path: "\(folder)/\(path)", text: String(decoding: data, as: UTF8.self)))
            }
        }
        return files
    }
}
