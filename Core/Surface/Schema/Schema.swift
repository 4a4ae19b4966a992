public import AlmanacStorage

/// A JSON Schema (draft 2020-12) as a value, as much of it as the API uses.
public indirect enum Schema: Sendable, Equatable {
    /// Any JSON at all.
    case any
    /// `true` or `false`.
    case boolean
    /// Text; lengths count Unicode code points. The pattern informs clients; the value's own parser decides.
    case string(format: String? = nil, pattern: String? = nil, minLength: Int? = nil, maxLength: Int? = nil)
    /// One of these texts.
    case choice([String])
    /// A whole number, spelled without fraction and exponent.
    case integer(format: String? = nil, minimum: Int64? = nil, maximum: Int64? = nil)
    /// A number.
    case number(minimum: Double? = nil, maximum: Double? = nil)
    /// Items of one form in order, or each once.
    case array(of: Schema, minItems: Int? = nil, maxItems: Int? = nil, unique: Bool = false)
    /// An object with names of the client's choice and values of one form.
    case map(of: Schema)
    /// An object with these fields and no others.
    case object([Field])
    /// `null` or this.
    case nullable(Schema)
    /// One of several forms.
    case either([Schema])
    /// A schema of the document's components, by name.
    case reference(String)
    /// A schema with words for its reader, and what stands for it when it is absent.
    case annotated(Schema, description: String? = nil, defaultValue: JSON? = nil)

    /// One field of an object.
    public struct Field: Sendable, Equatable {
        /// The name in JSON.
        public let name: String
        /// The form of its value.
        public let schema: Schema
        /// Whether it must be there.
        public let isRequired: Bool

        /// Describes a field.
        public init(_ name: String, _ schema: Schema, isRequired: Bool = true) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }
}

extension Schema {
    /// The schema without annotations and without `null`.
    var core: Schema {
        switch self {
        case .annotated(let schema, _, _), .nullable(let schema): schema.core
        default: self
        }
    }

    /// The names of all components that this schema mentions, not looking into them.
    var references: Set<String> {
        switch self {
        case .reference(let name): [name]
        case .array(let schema, _, _, _), .map(let schema), .nullable(let schema), .annotated(let schema, _, _):
            schema.references
        case .object(let fields): fields.reduce(into: []) { $0.formUnion($1.schema.references) }
        case .either(let schemas): schemas.reduce(into: []) { $0.formUnion($1.references) }
        case .any, .boolean, .string, .choice, .integer, .number: []
        }
    }
}
