/// The names of components: those of their types, without modules.
enum SchemaName {
    /// The name of a type with its module and what it stands in.
    ///
    /// `String(reflecting:)` says the same, but asks first whether types describe themselves: a sixth of a start.
    static func qualified(_ type: Any.Type) -> String { _typeName(type, qualified: true) }

    /// `Bookings.Book.Input` → `Book.Input`, `Surface.Page<Bookings.Booking>` → `Page_Booking`.
    static func name(of type: Any.Type) -> String {
        var parts: [String] = []
        // Each run between angle brackets and commas is one qualified name.
        for run in Self.withoutContexts(Self.qualified(type)).split(whereSeparator: { "<>, ".contains($0) }) {
            let steps = run.split(separator: ".")
            parts.append((steps.count > 1 ? steps.dropFirst() : steps[...]).joined(separator: "."))
        }
        return String(parts.joined(separator: "_").map { Self.isAllowed($0) ? $0 : "_" })
    }

    /// Drops what the compiler says of private and local types: `(unknown context at $7f…)`.
    private static func withoutContexts(_ name: String) -> String {
        var depth = 0
        var text = ""
        for character in name {
            if character == "(" { depth += 1 }
            if depth == 0 { text.append(character) }
            if character == ")" { depth -= 1 }
        }
        return text
    }

    /// What OpenAPI allows in the name of a component.
    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
}
