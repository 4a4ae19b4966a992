package import AlmanacStorage

/// One field of an input or an answer, as forms and tables need to know it.
package struct ConsoleField: Sendable, Equatable {
    /// What kind of value it holds.
    package indirect enum Kind: Sendable, Equatable {
        case text(minimum: Int, maximum: Int?)
        case email
        case integer(minimum: Int64?, maximum: Int64?)
        case number(minimum: Double?, maximum: Double?)
        case boolean
        case choice([String])
        case instant
        case date
        case time
        case uuid
        case money
        case localizedText
        case list(of: Kind)
        case object([ConsoleField])
        /// Anything else, as JSON.
        case json
    }

    /// Its name in JSON.
    package let name: String
    /// What kind of value it holds.
    package let kind: Kind
    /// Whether it must be there.
    package let isRequired: Bool
    /// Whether it may be `null`.
    package let isNullable: Bool
    /// What it means, for people.
    package let about: String?
    /// What stands for it when it is absent.
    package let defaultValue: JSON?

    package init(
        name: String, kind: Kind, isRequired: Bool, isNullable: Bool, about: String?, defaultValue: JSON?
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.isNullable = isNullable
        self.about = about
        self.defaultValue = defaultValue
    }

    /// Whether its value is one that fits a line.
    package var isLeaf: Bool {
        switch self.kind {
        case .list, .object, .json: false
        default: true
        }
    }
}

extension SchemaRegistry {
    /// The fields of an object as the console sees them.
    func consoleFields(of schema: Schema) -> [ConsoleField] { self.consoleFields(of: schema, depth: 0) }

    /// Beyond this, what is inside is shown as JSON.
    private static let deepest = 4

    private func consoleFields(of schema: Schema, depth: Int) -> [ConsoleField] {
        self.fields(of: schema).map { field in
            let (about, defaultValue) = field.schema.annotations
            return ConsoleField(
                name: field.name, kind: self.kind(of: field.schema, depth: depth), isRequired: field.isRequired,
                isNullable: field.schema.takesNull, about: about, defaultValue: defaultValue)
        }
    }

    private func kind(of schema: Schema, depth: Int) -> ConsoleField.Kind {
        switch schema.core {
        // What is one value ends by itself.
        case .array, .object, .reference: if depth >= Self.deepest { return .json }
        default: break
        }
        switch schema.core {
        case .boolean: return .boolean
        case .choice(let values): return .choice(values)
        case .integer(_, let minimum, let maximum): return .integer(minimum: minimum, maximum: maximum)
        case .number(let minimum, let maximum): return .number(minimum: minimum, maximum: maximum)
        case .string(let format, let pattern, let minLength, let maxLength):
            switch format {
            case "date-time": return .instant
            case "date": return .date
            case "uuid": return .uuid
            case "email": return .email
            default:
                if let pattern, pattern == LocalTime.pattern { return .time }
                return .text(minimum: minLength ?? 0, maximum: maxLength)
            }
        case .array(let item, _, _, _): return .list(of: self.kind(of: item, depth: depth + 1))
        case .either(let forms):
            let isText = forms.contains { if case .string = $0.core { true } else { false } }
            let isMap = forms.contains { if case .map = $0.core { true } else { false } }
            return isText && isMap ? .localizedText : .json
        case .object, .reference:
            let fields = self.consoleFields(of: schema, depth: depth + 1)
            guard !fields.isEmpty else { return .json }
            return Set(fields.map(\.name)) == ["amount", "currency"] ? .money : .object(fields)
        case .any, .map, .nullable, .annotated: return .json
        }
    }
}

extension LocalTime {
    /// The pattern in its schema, by which forms know a time on the clock.
    fileprivate static var pattern: String? {
        guard case .string(_, let pattern, _, _) = Self.schema else { return nil }
        return pattern
    }
}

extension Schema {
    /// The words and the default that stand on it, whichever is outermost.
    fileprivate var annotations: (about: String?, defaultValue: JSON?) {
        switch self {
        case .annotated(let schema, let about, let defaultValue):
            let inner = schema.annotations
            return (about ?? inner.about, defaultValue ?? inner.defaultValue)
        case .nullable(let schema): return schema.annotations
        default: return (nil, nil)
        }
    }

    /// Whether `null` is a value of it.
    fileprivate var takesNull: Bool {
        switch self {
        case .nullable: true
        case .annotated(let schema, _, _): schema.takesNull
        default: false
        }
    }
}
