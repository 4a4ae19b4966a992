internal import Foundation

/// Paths of files that a manifest names.
enum FilePlace {
    /// A path that stands in a file, seen from where the file's own path is seen.
    ///
    /// - Parameters:
    ///   - path: The path as written; an absolute one stays as it is.
    ///   - file: The file in which it stands.
    /// - Returns: A path that can be opened from the current folder.
    static func path(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var parts = file.split(separator: "/").dropLast()
        for part in path.split(separator: "/") where part != "." {
            // A folder and the way back out of it say nothing to a reader.
            if part == "..", let last = parts.last, last != "..", last != "." {
                parts.removeLast()
            } else if part != ".." || !file.hasPrefix("/") || !parts.isEmpty {
                parts.append(part)
            }
        }
        let joined = parts.joined(separator: "/")
        return file.hasPrefix("/") ? "/" + joined : joined.isEmpty ? "." : joined
    }

    /// What tells two paths of one file from paths of two files.
    ///
    /// - Parameter path: A path, relative to the current folder or absolute.
    /// - Returns: The absolute path without symbolic links.
    static func identity(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}
