internal import AlmanacKernel
internal import AlmanacStorage
internal import Mustache

/// A text with placeholders (Mustache), of which only the harmless part is taken.
///
/// There are variables, sections and comments: `{{name}}`, `{{#name}}…{{/name}}`, `{{^name}}…{{/name}}`, `{{! … }}`.
/// What would switch escaping off (`{{{name}}}`, `{{&name}}`, `{{% … }}`), read other texts or change the braces is
/// refused, and so is a name that is no placeholder.
struct TemplateText: Sendable {
    /// How what is filled in is written.
    enum Form: Sendable {
        /// As a part of a document in HTML: nothing in a value can be markup.
        case html
        /// As it is.
        case text
        /// As it is, on one line: nothing in a value can begin another field of a header.
        case line
    }

    let source: String

    /// Sections inside each other, at most.
    private static let deepest = 8

    // MARK: Rendering

    /// The text with its placeholders filled in; one without a value is left out.
    ///
    /// - Throws: What is wrong with the text, when it was never checked.
    func rendered(_ values: [Placeholder: String], as form: Form) throws -> String {
        let pragma = form == .html ? "{{% CONTENT_TYPE:HTML}}" : "{{% CONTENT_TYPE:TEXT}}"
        let filled = values.filter { !$0.value.isEmpty }
        let names = Dictionary(filled.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 })
        let text = try MustacheTemplate(string: pragma + self.source).render(names)
        return form == .line ? Self.line(text) : text
    }

    /// One line: white space and control characters of any kind become single spaces.
    static func line(_ text: String) -> String {
        let words = text.unicodeScalars.split { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
            default: false
            }
        }
        return words.map { String($0) }.joined(separator: " ")
    }

    // MARK: Checking

    /// What a text holds.
    struct Inspection {
        /// What is wrong, in sentences; the text cannot be used when there is anything.
        var problems: [String] = []
        /// Placeholders that are always shown.
        var shown: Set<Placeholder> = []
    }

    /// Looks for everything that is wrong.
    func inspect(allowing allowed: [Placeholder]) -> Inspection {
        var found = Inspection()
        var open: [String] = []
        var rest = Substring(self.source)
        while let begin = rest.firstRange(of: "{{") {
            let inside = rest[begin.upperBound...]
            guard let end = inside.firstRange(of: "}}") else {
                found.problems.append("a pair of braces is opened and never closed")
                return found
            }
            self.read(inside[..<end.lowerBound], allowing: allowed, open: &open, &found)
            rest = inside[end.upperBound...]
        }
        if let name = open.last { found.problems.append("the section {{#\(name)}} is never closed") }
        // What the words above do not see, the library does.
        if found.problems.isEmpty, (try? MustacheTemplate(string: self.source)) == nil {
            found.problems.append("this is no valid template")
        }
        return found
    }

    private func read(
        _ tag: Substring, allowing allowed: [Placeholder], open: inout [String], _ found: inout Inspection
    ) {
        guard tag.first != "!" else { return }
        let sign = tag.first.flatMap { "#^/".contains($0) ? $0 : nil }
        let name = Self.trimmed(sign == nil ? tag : tag.dropFirst())
        guard !name.isEmpty, name.utf8.allSatisfy({ ($0 | 0x20) &- UInt8(ascii: "a") < 26 }) else {
            found.problems.append(
                "{{\(tag.prefix(40))}} is not allowed: use {{name}}, {{#name}}…{{/name}} or {{^name}}…{{/name}}")
            return
        }
        guard let placeholder = allowed.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else {
            found.problems.append(
                "{{\(name.prefix(40))}} is no placeholder here; there are "
                    + allowed.map(\.rawValue).joined(separator: ", "))
            return
        }
        switch sign {
        case "#", "^":
            open.append(name)
            if open.count > Self.deepest { found.problems.append("sections are nested too deeply") }
        case "/":
            guard open.popLast() == name else {
                found.problems.append("{{/\(name)}} closes no section that is open")
                return
            }
        default: if open.isEmpty { found.shown.insert(placeholder) }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
