/// Makes text from a file fit to stand in a message.
enum Excerpt {
    /// The text in quotation marks, cut after forty scalars, with control characters made visible.
    ///
    /// A wrong file must neither flood the report nor send escape sequences to the terminal that shows it.
    ///
    /// - Parameter text: Text from outside.
    /// - Returns: One line of at most forty-three scalars.
    static func quoted(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(40) {
            shown.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        let isCut = text.unicodeScalars.dropFirst(40).first != nil
        return "\"\(String(shown))\(isCut ? "…" : "")\""
    }
}
