internal import AlmanacStorage

/// Where the keys of a deployment are kept.
package protocol KeySource: Sendable {
    /// What to call it in messages: a path, a setting.
    var name: String { get }
    /// Whether a deployment without keys may make its first one here by itself.
    var makesFirstKey: Bool { get }
    /// The keys, or `nil` when there are none yet.
    ///
    /// - Throws: ``SecretsError`` when they are there and cannot be used.
    func read() throws -> KeyList?
    /// Keeps the first list, unless there is one.
    ///
    /// - Returns: Whether it was kept.
    func create(_ list: KeyList) throws -> Bool
    /// Takes back what ``create(_:)`` has just kept.
    func discard()
}

/// No keys: while a deployment is only being checked, and where nothing is encrypted.
package struct NoKeys: KeySource {
    package init() {}

    package var name: String { "this deployment" }
    package var makesFirstKey: Bool { false }
    package func read() throws -> KeyList? { nil }
    package func create(_ list: KeyList) throws -> Bool { false }
    package func discard() {}
}

/// Keys that the operator hands over as text, from the environment or a vault.
package struct KeyText: KeySource {
    package let name: String
    private let text: Secret

    /// - Parameters:
    ///   - text: The list; see ``KeyList``.
    ///   - name: The setting, for messages.
    package init(_ text: Secret, name: String) {
        self.text = text
        self.name = name
    }

    package var makesFirstKey: Bool { false }

    package func read() throws -> KeyList? {
        do {
            return try KeyList(parsing: self.text.reveal())
        } catch {
            throw SecretsError(.badKeys, "\(self.name): \(error)")
        }
    }

    package func create(_ list: KeyList) throws -> Bool { false }
    package func discard() {}
}
