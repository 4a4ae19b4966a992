internal import AlmanacKernel
internal import Yams

/// Turns what Yams has read into a tree of settings.
struct YAMLConversion {
    /// What is wrong so far.
    private(set) var problems: [Problem] = []

    private let file: String
    private let maskedKeys: [DuplicateKeyMasking.Place: String]
    /// How many more nodes are converted: aliases of aliases grow without bound.
    private var budget = 100_000
    private static let deepest = 64

    /// Prepares a conversion.
    ///
    /// - Parameters:
    ///   - file: What positions call the file.
    ///   - maskedKeys: The keys that were changed for the parser.
    init(file: String, maskedKeys: [DuplicateKeyMasking.Place: String]) {
        self.file = file
        self.maskedKeys = maskedKeys
    }

    /// Converts a node and what is below it.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - path: What it is called in messages.
    ///   - depth: How many nodes it is below.
    /// - Returns: The tree, with nothing in place of what is refused.
    mutating func convert(_ node: Node, path: String = "", depth: Int = 0) -> SettingsNode {
        let position = self.position(node)
        guard depth < Self.deepest else {
            self.report("more than \(Self.deepest) levels are nested here", advice: nil, at: position)
            return SettingsNode(.null, at: position)
        }
        guard self.spend(at: position) else { return SettingsNode(.null, at: position) }
        switch node {
        case .scalar(let scalar): return SettingsNode(self.scalar(scalar, at: position), at: position)
        case .sequence(let sequence):
            self.refuseTag(sequence.tag.description, at: position)
            let nodes = sequence.enumerated().map { index, element in
                self.convert(element, path: "\(path)[\(index)]", depth: depth + 1)
            }
            return SettingsNode(.sequence(nodes), at: position)
        case .mapping(let mapping):
            self.refuseTag(mapping.tag.description, at: position)
            return SettingsNode(.mapping(self.entries(mapping, path: path, depth: depth)), at: position)
        case .alias: return SettingsNode(.null, at: position)
        }
    }

    private mutating func entries(_ mapping: Node.Mapping, path: String, depth: Int) -> [SettingsNode.Entry] {
        var entries: [SettingsNode.Entry] = []
        for (keyNode, value) in mapping {
            let position = self.position(keyNode)
            guard let key = self.key(keyNode, at: position) else { continue }
            let name = path.isEmpty ? key : "\(path).\(key)"
            if let first = entries.first(where: { $0.hasKey(key) }) {
                self.report("\(name) stands twice, first at \(first.keyPosition)", advice: "remove one", at: position)
                continue
            }
            entries.append(.init(key, at: position, self.convert(value, path: name, depth: depth + 1)))
        }
        return entries
    }

    private mutating func key(_ node: Node, at position: SourcePosition) -> String? {
        guard let scalar = node.scalar else {
            self.report("a key must be text", advice: nil, at: position)
            return nil
        }
        if let masked = self.maskedKeys[.init(line: position.line, column: position.column)] { return masked }
        let text = scalar.string
        if text.isEmpty || text.utf8.contains(0) {
            self.report("a key must be text", advice: nil, at: position)
            return nil
        }
        if text.utf8.elementsEqual("<<".utf8), scalar.style == .plain {
            self.report("merge keys are not supported", advice: "write the keys out, or use extends", at: position)
            return nil
        }
        return text
    }

    private mutating func scalar(_ scalar: Node.Scalar, at position: SourcePosition) -> SettingsNode.Kind {
        // Not the resolved tag: YAML 1.1 would make `no` false and `09:30` a number.
        let isText = scalar.tag.description == Self.textTag
        if !isText { self.refuseTag(scalar.tag.description, at: position) }
        if scalar.style == .plain, !isText, Self.nulls.contains(scalar.string) { return .null }
        if scalar.string.utf8.contains(0) {
            self.report("U+0000 is not allowed in text", advice: nil, at: position)
            return .null
        }
        return .scalar(.init(scalar.string, isQuoted: scalar.style != .plain || isText))
    }

    private static let textTag = "tag:yaml.org,2002:str"
    /// The spellings of null in YAML 1.1.
    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private mutating func refuseTag(_ tag: String, at position: SourcePosition) {
        guard !tag.isEmpty else { return }
        self.report("the tag \(tag) is not supported", advice: "remove it", at: position)
    }

    private mutating func spend(at position: SourcePosition) -> Bool {
        self.budget -= 1
        if self.budget == 0 {
            self.report("the file has too many values", advice: "use fewer aliases", at: position)
        }
        return self.budget > 0
    }

    private mutating func report(_ message: String, advice: String?, at position: SourcePosition) {
        self.problems.append(Problem(at: position, message: message, advice: advice))
    }

    private func position(_ node: Node) -> SourcePosition {
        SourcePosition(file: self.file, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }
}
