internal import AlmanacKernel

/// Reads a manifest and the ones it extends, and lays them over each other.
struct ManifestOverlay {
    /// What is wrong so far.
    private(set) var problems: [Problem] = []

    private static let limit = 1024 * 1024
    private static let extendsKey = "extends"

    /// The tree of a file, laid over the tree of the file that it extends.
    ///
    /// - Parameter path: The file.
    /// - Returns: The tree without the key `extends`; nothing where a file could not be read.
    mutating func load(_ path: String) -> SettingsNode? {
        self.load(path, namedAt: nil, below: [])
    }

    private mutating func load(_ path: String, namedAt place: SourcePosition?, below chain: [String]) -> SettingsNode? {
        guard let text = self.read(path, namedAt: place) else { return nil }
        let document = YAMLDocument(parsing: text, file: path)
        self.problems += document.problems
        guard let root = document.root else { return nil }
        guard let entries = root.entries, let link = root.entry(Self.extendsKey) else { return root }
        let own = SettingsNode(.mapping(entries.filter { !$0.hasKey(Self.extendsKey) }), at: root.position)
        guard let named = link.value.scalar?.text, !named.isEmpty else {
            let message = "extends: expected the path of a manifest"
            self.problems.append(Problem(at: link.value.position, message: message))
            return nil
        }
        let base = FilePlace.path(named, beside: path)
        let chain = chain + [FilePlace.identity(path)]
        guard !chain.contains(FilePlace.identity(base)) else {
            let message = "extends: \(base) extends this file already"
            self.problems.append(Problem(at: link.value.position, message: message, advice: "break the circle"))
            return nil
        }
        guard let below = self.load(base, namedAt: link.value.position, below: chain) else { return nil }
        return Self.merge(own, over: below, path: [])
    }

    private mutating func read(_ path: String, namedAt place: SourcePosition?) -> String? {
        do {
            return try FileText.read(path, limit: Self.limit)
        } catch {
            if error.line > 0 {
                let position = SourcePosition(file: path, line: error.line, column: error.column)
                self.problems.append(Problem(at: position, message: "the file \(error.message) from here on"))
            } else if let place {
                self.problems.append(Problem(at: place, message: "extends: \(path): \(error.message)"))
            } else {
                let advice = "name the manifest with --manifest FILE"
                self.problems.append(Problem(at: SourcePosition(file: path), message: error.message, advice: advice))
            }
            return nil
        }
    }

    /// Mappings are merged deeply; everything else replaces what is below.
    private static func merge(_ upper: SettingsNode, over lower: SettingsNode, path: [String]) -> SettingsNode {
        guard let added = upper.entries, let present = lower.entries, !self.replaces(upper, lower, path: path) else {
            return upper
        }
        var merged = present.map { entry in
            guard let other = upper.entry(entry.key) else { return entry }
            let value = self.merge(other.value, over: entry.value, path: path + [entry.key])
            return SettingsNode.Entry(other.key, at: other.keyPosition, value)
        }
        merged += added.filter { entry in !present.contains { $0.hasKey(entry.key) } }
        return SettingsNode(.mapping(merged), at: upper.position)
    }

    /// Another database engine has other keys: those of the one below would only be wrong.
    private static func replaces(_ upper: SettingsNode, _ lower: SettingsNode, path: [String]) -> Bool {
        guard path == ["storage"], let backend = upper.entry("backend") else { return false }
        return backend.value != lower.entry("backend")?.value
    }
}
