/// What a setting looks like, for JSON Schema and documentation.
public indirect enum SettingType: Sendable, Equatable {
    /// A text; `format` is one of JSON Schema's (`date`, `email`, `uri`), `pattern` an ECMA 262 expression.
    case text(format: String? = nil, pattern: String? = nil)
    /// A whole number.
    case integer
    /// A number.
    case number
    /// `true` or `false`.
    case boolean
    /// One of these texts.
    case choice([String])
    /// A list with so many elements.
    case list(SettingType, count: ClosedRange<Int>)
    /// Settings of their own.
    case group(SettingsSchema)
    /// Any number of names, each with such a value.
    case map(SettingType)
    /// Anything, because somebody else reads it.
    case anything
    /// One of several notations.
    case either([SettingType])

    /// The type in words, as `a list of text`.
    public var summary: String {
        switch self {
        case .text(let format, _): format ?? "text"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "true or false"
        case .choice(let names): names.joined(separator: ", ")
        case .list(let element, _): "list of \(element.summary)"
        case .group: "group"
        case .map(let value): "names, each with \(value.summary)"
        case .anything: "anything"
        case .either(let types): types.map(\.summary).joined(separator: " or ")
        }
    }
}
