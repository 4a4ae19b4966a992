public import AlmanacStorage

extension Schema {
    /// The schema as a JSON document; keywords stand in a fixed order.
    public var json: JSON { .object(self.keywords) }

    private var keywords: JSONObject {
        switch self {
        case .any: [:]
        case .boolean: ["type": "boolean"]
        case .string(let format, let pattern, let minLength, let maxLength):
            Self.keywords(
                "string", ("format", format.map(JSON.string)), ("pattern", pattern.map(JSON.string)),
                ("minLength", minLength.flatMap { $0 > 0 ? Self.integer($0) : nil }),
                ("maxLength", maxLength.map(Self.integer)))
        case .choice(let values): ["type": "string", "enum": .array(values.map(JSON.string))]
        case .integer(let format, let minimum, let maximum):
            Self.keywords(
                "integer", ("format", format.map(JSON.string)), ("minimum", minimum.map(Self.integer)),
                ("maximum", maximum.map(Self.integer)))
        case .number(let minimum, let maximum):
            Self.keywords(
                "number", ("minimum", minimum.flatMap { JSONNumber($0) }.map(JSON.number)),
                ("maximum", maximum.flatMap { JSONNumber($0) }.map(JSON.number)))
        case .array(let item, let minItems, let maxItems, let unique):
            Self.keywords(
                "array", ("items", item.json), ("minItems", minItems.flatMap { $0 > 0 ? Self.integer($0) : nil }),
                ("maxItems", maxItems.map(Self.integer)), ("uniqueItems", unique ? true : nil))
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .object(let fields): Self.object(fields)
        case .nullable(let schema): schema.orNull
        case .either(let schemas): ["anyOf": .array(schemas.map(\.json))]
        case .reference(let name): ["$ref": .string("#/components/schemas/\(name)")]
        case .annotated(let schema, let description, let defaultValue):
            schema.annotated(description: description, defaultValue: defaultValue)
        }
    }

    private static func integer(_ value: some FixedWidthInteger) -> JSON { .number(JSONNumber(value)) }

    private static func keywords(_ type: String, _ others: (String, JSON?)...) -> JSONObject {
        JSONObject([("type", .string(type))] + others.compactMap { name, value in value.map { (name, $0) } })
    }

    private static func object(_ fields: [Field]) -> JSONObject {
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        return Self.keywords(
            "object", ("properties", .object(JSONObject(fields.map { ($0.name, $0.schema.json) }))),
            ("required", required.isEmpty ? nil : .array(required)), ("additionalProperties", false))
    }

    private var orNull: JSONObject {
        var keywords = self.keywords
        // An `enum` would have to list null too, and a reference has no type: say "either".
        guard keywords["enum"] == nil, case .string(let type)? = keywords["type"] else {
            return keywords.isEmpty ? [:] : ["anyOf": [.object(keywords), ["type": "null"]]]
        }
        keywords["type"] = [.string(type), "null"]
        return keywords
    }

    private func annotated(description: String?, defaultValue: JSON?) -> JSONObject {
        var keywords = self.keywords
        keywords["description"] = description.map(JSON.string)
        keywords["default"] = defaultValue
        return keywords
    }
}
