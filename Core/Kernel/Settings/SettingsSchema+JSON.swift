public import AlmanacStorage

// The dialect is JSON Schema 2020-12 with the few keywords that editors of YAML understand too.
extension SettingsSchema {
    /// The group as a JSON Schema of its own.
    ///
    /// - Parameters:
    ///   - title: What the document is called.
    ///   - isPartial: Whether required fields may be missing, as in a file that extends another.
    /// - Returns: A complete JSON Schema document.
    public func json(title: String, isPartial: Bool = false) -> JSON {
        var document: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title),
        ]
        for member in self.jsonObject(isPartial: isPartial).members {
            document[member.name] = member.value
        }
        document["$defs"] = .object(Self.jsonDefinitions)
        return .object(document)
    }

    /// The group as a part of a larger JSON Schema, whose `$defs` must hold ``jsonDefinitions``.
    ///
    /// - Parameter isPartial: Whether required fields may be missing, as in a file that extends another.
    /// - Returns: A schema for an object.
    public func jsonObject(isPartial: Bool) -> JSONObject {
        let alternatives = Self.alternatives(self.fields).map { Self.object($0, isPartial: isPartial) }
        guard let first = alternatives.first, alternatives.count == 1 else {
            return ["oneOf": .array(alternatives.map { .object($0) })]
        }
        return first
    }

    /// What the parts made by ``jsonObject(isPartial:)`` refer to.
    public static let jsonDefinitions: JSONObject = [
        "reference": [
            "description": "A value from the environment or from a file",
            "type": "string", "pattern": #"\$\{(env|file):[^}]+\}"#,
        ],
        "secret": [
            "description": "Exactly one reference to the environment or to a file",
            "type": "string", "pattern": #"^\$\{(env|file):[^}]+\}$"#,
        ],
    ]

    /// A field in one alternative of its group: with the value that selects the alternative, if it decides.
    private typealias Choice = (field: SettingsField, value: String?)

    /// Every combination of variants, each with the fields that may then stand in the group.
    private static func alternatives(_ fields: [SettingsField]) -> [[Choice]] {
        fields.reduce([[]]) { soFar, field in
            let next: [[Choice]] =
                field.variants.isEmpty
                ? [[(field, nil)]]
                : field.variants.flatMap { variant in
                    self.alternatives(variant.fields).map { [(field, variant.value)] + $0 }
                }
            return soFar.flatMap { before in next.map { before + $0 } }
        }
    }

    private static func object(_ choices: [Choice], isPartial: Bool) -> JSONObject {
        var object: JSONObject = [
            "type": "object",
            "properties": .object(
                JSONObject(choices.map { ($0.field.key, $0.field.json(value: $0.value, isPartial: isPartial)) })),
        ]
        let required = choices.filter { $0.field.mustBeWritten(for: $0.value) }.map { JSON.string($0.field.key) }
        if !required.isEmpty, !isPartial {
            object["required"] = .array(required)
        }
        object["additionalProperties"] = false
        return object
    }
}

extension SettingsField {
    /// Whether the field must stand in the file for it to have this value.
    fileprivate func mustBeWritten(for value: String?) -> Bool {
        switch self.presence {
        case .required: true
        case .optional: false
        case .defaulted(let fallback): value.map { $0 != fallback.scalar?.text } ?? false
        }
    }

    fileprivate func json(value: String?, isPartial: Bool) -> JSON {
        var json: JSONObject = ["description": .string(self.about)]
        if case .defaulted(let fallback) = self.presence {
            json["default"] = self.type.json(fallback)
        }
        let alternatives = self.jsonAlternatives(value: value, isPartial: isPartial)
        if let only = alternatives.first, alternatives.count == 1 {
            for member in only.members {
                json[member.name] = member.value
            }
        } else {
            json["anyOf"] = .array(alternatives.map { .object($0) })
        }
        return .object(json)
    }

    private func jsonAlternatives(value: String?, isPartial: Bool) -> [JSONObject] {
        if let value {
            return [["const": .string(value)]]
        }
        var alternatives: [JSONObject] = []
        if self.isSecret {
            alternatives.append(["$ref": "#/$defs/secret"])
        } else {
            alternatives += self.type.json(isPartial: isPartial, minimum: self.minimum, maximum: self.maximum)
        }
        if self.presence == .optional {
            alternatives.append(["type": "null"])
        }
        return alternatives
    }
}

extension SettingType {
    /// A value of this type as JSON.
    package func json(_ node: SettingsNode) -> JSON {
        switch node.kind {
        case .null: return .null
        case .sequence(let nodes):
            guard case .list(let element, _) = self else { return .string(node.description) }
            return .array(nodes.map { element.json($0) })
        case .mapping(let entries):
            return .object(JSONObject(entries.map { ($0.key, SettingType.text().json($0.value)) }))
        case .scalar(let scalar):
            switch self {
            case .integer, .number: return JSONNumber(spelling: scalar.text).map { .number($0) } ?? .string(scalar.text)
            case .boolean: return .bool(scalar.text == "true")
            default: return .string(scalar.text)
            }
        }
    }

    /// The notations of this type; a scalar that is more than any text may also be a reference.
    fileprivate func json(isPartial: Bool, minimum: SettingsNode? = nil, maximum: SettingsNode? = nil) -> [JSONObject] {
        let reference: JSONObject = ["$ref": "#/$defs/reference"]
        switch self {
        case .text(nil, nil): return [["type": "string"]]
        case .text(let format, let pattern):
            var json: JSONObject = ["type": "string"]
            json["format"] = format.map { .string($0) }
            json["pattern"] = pattern.map { .string($0) }
            return [json, reference]
        case .integer, .number:
            var json: JSONObject = ["type": self == .integer ? "integer" : "number"]
            json["minimum"] = minimum.map { self.json($0) }
            json["maximum"] = maximum.map { self.json($0) }
            return [json, reference]
        case .boolean: return [["type": "boolean"], reference]
        case .choice(let names): return [["enum": .array(names.map { .string($0) })], reference]
        case .list(let element, let count):
            return [
                [
                    "type": "array", "items": Self.joined(element.json(isPartial: isPartial)),
                    "minItems": .number(JSONNumber(count.lowerBound)),
                    "maxItems": .number(JSONNumber(count.upperBound)),
                ]
            ]
        case .group(let schema): return [schema.jsonObject(isPartial: isPartial)]
        case .map(let value):
            return [["type": "object", "additionalProperties": Self.joined(value.json(isPartial: isPartial))]]
        case .anything: return [[:]]
        case .either(let types): return types.flatMap { $0.json(isPartial: isPartial) }
        }
    }

    private static func joined(_ alternatives: [JSONObject]) -> JSON {
        guard let only = alternatives.first, alternatives.count == 1 else {
            return ["anyOf": .array(alternatives.map { .object($0) })]
        }
        return .object(only)
    }
}
