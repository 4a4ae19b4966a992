/// Reads the fields of a group of settings and learns their schema on the way.
///
/// It is handed to ``PluginSettings/init(from:)``. Each call names a key, says what it means and yields its value. What
/// is wrong is collected, with its position, and never thrown: the call then yields the default or a placeholder, and
/// the plugin is not made. Keys that no call has named are reported at the end, with the nearest name.
///
/// A key that holds nothing (`key:`, `null`, `~`) counts as left out, except where that would silently mean a default:
/// there it is a mistake. A key that is read twice is a mistake of the plugin's author and reported as well.
public struct SettingsReader: ~Copyable {
    /// The entries to read; absent while only the schema is wanted, or where there is no mapping to read from.
    let entries: [SettingsNode.Entry]?
    /// What the group is called in messages.
    let path: String
    /// Where missing keys are reported.
    let position: SourcePosition
    /// What was learned of the schema so far.
    var fields: [SettingsField] = []
    /// What is wrong so far.
    private(set) var problems: [Problem] = []
    /// Whether a value could not be had, reported or not; rules across fields are then not asked.
    private(set) var isIncomplete = false
    /// The keys that may stand here.
    private var openKeys: [String] = []
    /// Keys of variants that were not chosen, with the choice they belong to; nil where it is unknown what was chosen.
    private var dormantKeys: [(key: String, choice: String?)] = []

    /// Reads from a node.
    ///
    /// - Parameters:
    ///   - node: A mapping, or nothing.
    ///   - path: What the group is called in messages.
    ///   - position: Where missing keys are reported.
    init(reading node: SettingsNode, path: String, at position: SourcePosition) {
        self.path = path
        self.position = position
        switch node.kind {
        case .null: self.entries = []
        case .mapping(let entries): self.entries = entries
        case .scalar, .sequence: self.entries = nil
        }
        if let entries = self.entries {
            self.refuseDuplicates(among: entries)
        } else if node.isUnresolved {
            self.giveUp()
        } else {
            let message = "\(path.isEmpty ? "" : "\(path): ")expected a mapping, got \(SettingsText.found(node))"
            self.report(Problem(at: node.position, message: message))
        }
    }

    /// Reads more keys of the group that `other` reads, or nothing.
    ///
    /// - Parameters:
    ///   - other: The reader of the group.
    ///   - isDescribing: Whether only the schema of these keys is wanted.
    init(sharing other: borrowing SettingsReader, isDescribing: Bool) {
        self.entries = isDescribing ? nil : other.entries
        self.path = other.path
        self.position = other.position
    }

    /// Reads nothing, for the schema.
    ///
    /// - Parameters:
    ///   - path: What the group is called in messages.
    ///   - position: What problems name as their place.
    init(describing path: String, at position: SourcePosition) {
        self.entries = nil
        self.path = path
        self.position = position
    }

    /// Reports something that no other call can find.
    ///
    /// - Parameter problem: What is wrong, and where.
    public mutating func report(_ problem: Problem) {
        self.isIncomplete = true
        self.problems.append(problem)
    }

    /// Demands something of several fields together.
    ///
    /// It is not asked while only the schema is wanted, nor where a field of this group is already wrong.
    ///
    /// - Parameters:
    ///   - key: The field under which a violation is reported.
    ///   - message: What is demanded, as `must be later than opens`.
    ///   - holds: Whether it is so.
    public mutating func check(_ key: String, _ message: String, _ holds: @autoclosure () -> Bool) {
        guard self.entries != nil, !self.isIncomplete, !holds() else { return }
        let place = self.entry(key).map { $0.value.isNull ? $0.keyPosition : $0.value.position }
        self.report(Problem(at: place ?? self.position, message: "\(self.name(of: key)) \(message)"))
    }
}

// MARK: What the kinds of fields share

extension SettingsReader {
    /// What a key is called in messages.
    func name(of key: String) -> String { SettingsText.path(key, in: self.path) }

    /// The entry under a key, if it is there.
    func entry(_ key: String) -> SettingsNode.Entry? { self.entries?.first { $0.hasKey(key) } }

    /// Adds a field to the schema.
    mutating func note(_ field: SettingsField) {
        self.open([field.key])
        self.fields.append(field)
    }

    /// Allows keys, each once.
    private mutating func open(_ keys: [String]) {
        for key in keys {
            if self.openKeys.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
                self.blameAuthor("\(self.name(of: key)) is read twice")
            }
            self.openKeys.append(key)
        }
    }

    /// Reports an error that `init(from:)` has thrown.
    mutating func report(_ error: any Error) {
        switch error {
        case let problems as Problems:
            for problem in problems.all {
                self.report(problem)
            }
        case let problem as Problem: self.report(problem)
        default:
            let name = self.path.isEmpty ? "" : "\(self.path): "
            self.report(Problem(at: self.position, message: "\(name)\(error)"))
        }
    }

    /// Reports a value that is not what was wanted.
    mutating func report(_ mismatch: SettingMismatch, of name: String, at position: SourcePosition) {
        let message = "\(name): \(mismatch.message)"
        self.report(Problem(at: mismatch.position ?? position, message: message, advice: mismatch.advice))
    }

    /// Reports a key that must be given.
    mutating func reportMissing(_ key: String, _ about: String) {
        guard self.entries != nil else { return }
        let place = self.entry(key)?.keyPosition ?? self.position
        self.report(Problem(at: place, message: "\(self.name(of: key)) is missing (\(about))"))
    }

    /// Reports a mistake in the code that reads.
    mutating func blameAuthor(_ message: String) {
        let advice = "the mistake is in the plugin, not in the manifest"
        self.report(Problem(at: self.position, message: message, advice: advice))
    }

    /// Notes that a value could not be had and that the reason is known already.
    mutating func giveUp() {
        self.isIncomplete = true
    }

    /// Takes over what a reader of an inner group has found.
    mutating func absorb(_ inner: borrowing SettingsReader) {
        self.problems += inner.problems
        self.isIncomplete = self.isIncomplete || inner.isIncomplete
    }

    /// Takes over what was found by a reader of more keys of this group.
    mutating func absorb(variant inner: borrowing SettingsReader) {
        self.absorb(inner)
        self.open(inner.openKeys)
        self.dormantKeys += inner.dormantKeys
    }

    /// Remembers keys that would be right if the deciding field had another value.
    mutating func setAside(_ inner: borrowing SettingsReader, choice: String?) {
        self.dormantKeys += inner.openKeys.map { ($0, choice) } + inner.dormantKeys
    }

    /// Reports the keys that nothing has read.
    mutating func finish() {
        for entry in self.entries ?? [] where !self.openKeys.contains(where: { entry.hasKey($0) }) {
            if let dormant = self.dormantKeys.first(where: { entry.hasKey($0.key) }) {
                guard let choice = dormant.choice else { continue }
                let message = "\(self.name(of: entry.key)) belongs to \(choice)"
                self.report(Problem(at: entry.keyPosition, message: message))
            } else {
                let known = self.openKeys + self.dormantKeys.map(\.key)
                let advice = Spelling.advice(for: entry.key, among: known)
                let message = "unknown key \(self.name(of: entry.key))"
                self.report(Problem(at: entry.keyPosition, message: message, advice: advice))
            }
        }
    }

    private mutating func refuseDuplicates(among entries: [SettingsNode.Entry]) {
        for (index, entry) in entries.enumerated() {
            guard let first = entries[..<index].first(where: { $0.hasKey(entry.key) }) else { continue }
            let message = "\(self.name(of: entry.key)) stands twice, first at \(first.keyPosition)"
            self.report(Problem(at: entry.keyPosition, message: message, advice: "remove one"))
        }
    }
}
