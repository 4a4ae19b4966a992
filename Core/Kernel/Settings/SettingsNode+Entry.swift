extension SettingsNode {
    /// One key of a mapping with its value.
    public struct Entry: Sendable, Equatable {
        /// The key as written.
        public let key: String
        /// Where the key begins.
        public let keyPosition: SourcePosition
        /// What stands under the key.
        public let value: SettingsNode

        /// Makes an entry.
        ///
        /// - Parameters:
        ///   - key: The key.
        ///   - keyPosition: Where the key begins.
        ///   - value: What stands under it.
        public init(_ key: String, at keyPosition: SourcePosition = .code, _ value: SettingsNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.value = value
        }

        /// Whether the key has exactly these bytes.
        ///
        /// `String` compares by canonical equivalence, which would take two different keys for one.
        ///
        /// - Parameter key: The key to compare with.
        /// - Returns: Whether it is this one.
        public func hasKey(_ key: String) -> Bool { self.key.utf8.elementsEqual(key.utf8) }

        /// Whether both have the same key and value; positions do not count.
        public static func == (left: Self, right: Self) -> Bool {
            left.hasKey(right.key) && left.value == right.value
        }
    }
}
