internal import AlmanacKernel

/// Words of the console: in one language, or in several by BCP 47 tag.
///
/// ```swift
/// "Reviews"
/// ["en": "Reviews", "de": "Bewertungen", "fr": "Avis"]
/// ["en": "Ask the {customer}", "de": "{Customer} fragen"]
/// ```
/// What stands in braces is a word of the deployment's vocabulary: `{customer}` is one of them, `{customers}` are many,
/// and with a capital first letter so is the word. There are `provider`, `customer`,
/// `booking` and `resource`.
public struct ConsoleText: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
    /// The words of the vocabulary.
    static let terms = ["provider", "customer", "booking", "resource"]

    /// The texts by language; under `und` for everybody else.
    public let texts: [String: String]

    /// Words for everybody.
    public init(_ text: String) { self.texts = [LocalizedText.defaultLanguage: text] }
    /// Words for everybody.
    public init(stringLiteral text: String) { self.init(text) }
    /// Words by language; of two for one language the first counts.
    package init(_ texts: [(String, String)]) {
        self.texts = Dictionary(texts, uniquingKeysWith: { first, _ in first })
    }
    /// Words by language; of two for one language the first counts.
    public init(dictionaryLiteral texts: (String, String)...) {
        self.texts = Dictionary(texts, uniquingKeysWith: { first, _ in first })
    }

    /// The words for a reader.
    ///
    /// - Parameters:
    ///   - languages: What the reader prefers, best first.
    ///   - vocabulary: What the deployment calls things.
    /// - Returns: The words, those of the vocabulary filled in.
    package func resolved(for languages: [String], _ vocabulary: ConsoleVocabulary) -> String {
        guard let text = try? LocalizedText(self.texts) else { return "" }
        let resolved = text.resolved(for: languages, fallback: "en")
        guard resolved.utf8.contains(UInt8(ascii: "{")) else { return resolved }
        return Self.filled(resolved) { vocabulary.word($0, languages) ?? $0 }
    }

    /// What is wrong with the words, in sentences.
    var problems: [String] {
        do throws(LocalizedTextError) {
            _ = try LocalizedText(self.texts)
        } catch {
            return ["\(error)"]
        }
        var unknown: [String] = []
        for text in self.texts.values {
            _ = Self.filled(text) { name in
                if ConsoleVocabulary.term(of: name) == nil { unknown.append(name) }
                return ""
            }
        }
        return Set(unknown).sorted().map {
            "there is no word {\($0)} in the vocabulary: \(Self.terms.joined(separator: ", ")), or with an s for many"
        }
    }

    private static func filled(_ text: String, _ word: (String) -> String) -> String {
        var filled = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            filled += word(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}

/// What a deployment calls providers, customers, bookings and resources, in each language in which it has words of its
/// own.
package struct ConsoleVocabulary: Sendable {
    /// One word in one language.
    package struct Word: Sendable {
        /// One thing.
        package let one: String
        /// Many things.
        package let other: String

        package init(one: String, other: String) {
            self.one = one
            self.other = other
        }
    }

    private let words: [String: [String: Word]]

    /// - Parameter words: By term (`customer`), then by language.
    package init(_ words: [String: [String: Word]] = [:]) { self.words = words }

    /// The term of a word in braces: `customer` for `Customers`.
    static func term(of name: String) -> (term: String, isMany: Bool)? {
        let lower = name.lowercased()
        if ConsoleText.terms.contains(lower) { return (lower, false) }
        guard lower.hasSuffix("s"), ConsoleText.terms.contains(String(lower.dropLast())) else { return nil }
        return (String(lower.dropLast()), true)
    }

    /// The word that a name in braces stands for, in the first of the languages that has one.
    func word(_ name: String, _ languages: [String]) -> String? {
        guard let (term, isMany) = Self.term(of: name) else { return nil }
        let found = (languages + ["en"]).lazy.compactMap { language -> Word? in
            let primary = language.split(separator: "-").first.map { $0.lowercased() } ?? ""
            return self.words[term]?[language] ?? self.words[term]?[primary]
        }.first
        guard let found else { return nil }
        let word = isMany ? found.other : found.one
        let isCapital = name.first?.isUppercase == true
        return isCapital ? word.prefix(1).uppercased() + word.dropFirst() : word
    }
}
