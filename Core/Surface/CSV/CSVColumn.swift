/// A column that an importer reads from a CSV file.
public struct CSVColumn: Sendable, Hashable {
    /// The name in the header line; compared byte for byte, so `Email` is not `email`.
    public let name: String
    /// Whether the header must name this column; whether a row may leave it empty is for its accessor to say.
    public let isRequired: Bool
    /// Whether further columns `name:LANGUAGE` (`name:de`, `name:pt-BR`) may stand beside this one.
    public let hasTranslations: Bool

    /// Declares a column.
    ///
    /// - Parameters:
    ///   - name: The name in the header line.
    ///   - required: Whether a file without this column is refused.
    ///   - translations: Whether columns `name:LANGUAGE` are read too; see ``CSVRow/translations(_:)``.
    public init(_ name: String, required: Bool, translations: Bool = false) {
        self.name = name
        self.isRequired = required
        self.hasTranslations = translations
    }

    /// Declares a column that each file must have.
    ///
    /// - Parameters:
    ///   - name: The name in the header line.
    ///   - translations: Whether columns `name:LANGUAGE` are read too.
    /// - Returns: The column.
    public static func required(_ name: String, translations: Bool = false) -> Self {
        Self(name, required: true, translations: translations)
    }

    /// Declares a column that a file may leave out.
    ///
    /// - Parameters:
    ///   - name: The name in the header line.
    ///   - translations: Whether columns `name:LANGUAGE` are read too.
    /// - Returns: The column.
    public static func optional(_ name: String, translations: Bool = false) -> Self {
        Self(name, required: false, translations: translations)
    }
}
