/// A page as a browser takes it apart, as far as it takes to see what is not ours.
struct Markup {
    private static let elements: Set<String> = [
        "html", "head", "meta", "title", "link", "script", "body", "a", "header", "span", "nav", "main", "ol", "ul",
        "li", "h1", "h2", "h3", "p", "section", "form", "input", "label", "select", "option", "button", "div", "time",
        "fieldset", "legend", "textarea", "dl", "dt", "dd", "footer", "strong",
    ]
    private static let attributes: Set<String> = [
        "lang", "charset", "name", "content", "rel", "type", "href", "nonce", "src", "class", "id", "tabindex", "for",
        "value", "method", "action", "selected", "checked", "required", "maxlength", "min", "max", "autocomplete",
        "spellcheck", "autocapitalize", "hreflang", "role", "hidden", "datetime", "rows", "novalidate", "download",
        "target", "blocking",
    ]

    /// What is in the page and not ours.
    private(set) var faults: [String] = []

    init(_ text: String) {
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: open)...]
            if rest.hasPrefix("!doctype html>") { continue }
            var tag = rest.hasPrefix("/") ? rest.dropFirst() : rest
            let name = tag.prefix { $0.isLetter || $0.isNumber || $0 == "-" }.lowercased()
            if !Self.elements.contains(name) { self.faults.append("<\(rest.prefix(20))") }
            tag = tag.dropFirst(name.count)
            rest = self.read(&tag, of: name)
            // What stands in these is text up to their end.
            if ["title", "textarea"].contains(name), !rest.isEmpty, let end = rest.firstRange(of: "</\(name)") {
                if rest[..<end.lowerBound].contains("<") { self.faults.append("< in \(name)") }
            }
        }
    }

    /// Reads the attributes up to the end of a tag, and returns what stands behind it.
    private mutating func read(_ tag: inout Substring, of element: String) -> Substring {
        while let first = tag.first {
            if first == ">" { return tag.dropFirst() }
            if first.isWhitespace {
                tag = tag.dropFirst()
                continue
            }
            let name = tag.prefix { !" =>\n".contains($0) }.lowercased()
            tag = tag.dropFirst(name.count)
            let isKnown = Self.attributes.contains(name) || name.hasPrefix("data-") || name.hasPrefix("aria-")
            if !isKnown || name.isEmpty { self.faults.append("\(element) \(name)") }
            guard tag.first == "=" else {
                if name.isEmpty { return tag.dropFirst() }
                continue
            }
            tag = tag.dropFirst()
            guard tag.first == "\"" else {
                self.faults.append("\(element) \(name) without quotes")
                return tag
            }
            let value = tag.dropFirst().prefix { $0 != "\"" }
            tag = tag.dropFirst(value.count + 2)
            if ["href", "src", "action"].contains(name), !value.hasPrefix("/"), !value.hasPrefix("#"),
                !value.hasPrefix("http://north.pages.test/")
            {
                self.faults.append("\(element) \(name)=\(value)")
            }
        }
        return tag
    }
}
