internal import AlmanacStorage
package import AlmanacSurface

/// The words of all pages in the languages that there are.
package struct Words: Sendable {
    /// The languages, the usual one first.
    package static let languages = ["en", "de", "fr"]

    /// The catalogues in the program, read when the first words are wanted.
    private static let inProgram = Self.read(PageFiles())

    /// The catalogues of a folder.
    private let own: [String: ConsoleText]?
    private var texts: [String: ConsoleText] { self.own ?? Self.inProgram }

    /// Reads the catalogues of a folder; those in the program are read when the first words are wanted.
    package init(_ files: PageFiles) {
        self.own = files.isChanging ? Self.read(files) : nil
    }

    private static func read(_ files: PageFiles) -> [String: ConsoleText] {
        var texts: [String: [(String, String)]] = [:]
        for language in Self.languages {
            let catalogue = (try? JSON(parsing: files.bytes(of: "words/\(language).json") ?? [])) ?? .null
            for member in catalogue.object?.members ?? [] {
                texts[member.name, default: []].append((language, member.value.string ?? ""))
            }
        }
        return texts.mapValues { ConsoleText($0) }
    }

    /// The first of a reader's languages in which there are pages.
    package static func language(for preferred: [String]) -> String {
        for tag in preferred {
            let primary = tag.split(separator: "-").first.map { $0.lowercased() } ?? ""
            if Self.languages.contains(primary) { return primary }
        }
        return Self.languages[0]
    }

    /// The words under a key; `nil` when there are none in this language.
    package func text(_ key: String, _ language: String, _ vocabulary: ConsoleVocabulary) -> String? {
        guard let text = self.texts[key], text.texts[language] != nil else { return nil }
        return text.resolved(for: [language], vocabulary)
    }

    /// All words of a language whose keys are one word, for templates.
    package func all(_ language: String, _ vocabulary: ConsoleVocabulary) -> [String: String] {
        var all: [String: String] = [:]
        for (key, text) in self.texts where !key.utf8.contains(UInt8(ascii: ".")) {
            all[key] = text.resolved(for: [language], vocabulary)
        }
        return all
    }

    /// A name of a program in words: "Duration minutes" for `durationMinutes`, "No show" for `no-show`.
    package static func spelled(_ name: String) -> String {
        var words = ""
        for character in name {
            if character == "-" || character == "_" || character == "." || character == "/" {
                words.append(" ")
            } else if character.isUppercase {
                words += " \(character.lowercased())"
            } else {
                words.append(character)
            }
        }
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
