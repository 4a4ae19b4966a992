extension SettingsNode {
    /// One text, number or boolean: what it says, and how it was written.
    ///
    /// A value that came from the environment or from another file may be a secret. It is therefore shown as the
    /// reference that was written, never as what that stands for: in messages, in descriptions and to `dump`.
    public struct Scalar: Sendable, Equatable {
        /// Where the text of a scalar comes from.
        public enum Origin: Sendable, Equatable {
            /// It stands in the file as it is.
            case literal
            /// The whole of it is one `${env:NAME}` or `${file:PATH}`.
            case reference
            /// Parts of it are references.
            case mixture
            /// A reference in it leads nowhere; that has been reported, and the text means nothing.
            case unresolved
        }

        /// What the scalar says, all references replaced.
        public let text: String
        /// What stands in the file.
        public let written: String
        /// Whether it was put in quotes (or in a block), which makes it text even where it looks like a number.
        public let isQuoted: Bool
        /// Where the text comes from.
        public let origin: Origin

        /// A scalar that stands in the file as it is.
        ///
        /// - Parameters:
        ///   - text: What it says.
        ///   - isQuoted: Whether it was put in quotes.
        public init(_ text: String, isQuoted: Bool = false) {
            self.text = text
            self.written = text
            self.isQuoted = isQuoted
            self.origin = .literal
        }

        /// A scalar in which references were replaced.
        ///
        /// It does not count as quoted: YAML asks for quotes around `${…}` inside braces, whatever it stands for.
        ///
        /// - Parameters:
        ///   - text: What it says now.
        ///   - written: What stands in the file.
        ///   - origin: How much of it was replaced.
        public init(_ text: String, written: String, origin: Origin) {
            self.text = text
            self.written = written
            self.isQuoted = false
            self.origin = origin
        }
    }

    /// A value that counts as taken from outside, which a secret must be; for tests and code.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - written: The reference it stands for, as messages show it.
    /// - Returns: A scalar.
    public static func reference(_ text: String, written: String = "${env:NAME}") -> Self {
        Self(.scalar(Scalar(text, written: written, origin: .reference)))
    }
}

extension SettingsNode.Scalar: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What stands in the file, in double quotes if it was quoted there.
    public var description: String { self.isQuoted ? SettingsText.quoted(self.written) : self.written }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows what stands in the file and hides what a reference stands for.
    public var customMirror: Mirror {
        Mirror(self, children: ["written": self.written, "isQuoted": self.isQuoted, "origin": self.origin])
    }
}
