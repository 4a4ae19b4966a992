/// Texts that cannot be a ``LocalizedText``.
public struct LocalizedTextError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what to do about it, for people.
    public let description: String

    private init(_ description: String) {
        self.description = description
    }

    static let noText = Self("there is no text; give one in at least one language")
    static let wrongShape = Self("expected a text, or an object from language to text")

    static func invalidTag(_ tag: String) -> Self {
        Self("\"\(String(tag.unicodeScalars.prefix(64)))\" is no language tag; use one of BCP 47, as de or pt-BR")
    }

    static func duplicateTag(_ tag: String) -> Self {
        Self("the language \(tag) is given twice; tags do not differ by case")
    }

    static func emptyText(_ tag: String) -> Self {
        Self("the text in language \(tag) is empty; leave the language out instead")
    }

    static func invalidText(_ tag: String) -> Self {
        Self("the text in language \(tag) contains the character U+0000")
    }

    static func notText(_ tag: String) -> Self {
        Self("under language \"\(String(tag.unicodeScalars.prefix(64)))\" there is no text")
    }
}
