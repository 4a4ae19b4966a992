internal import AlmanacStorage

extension Recorder {
    /// What the type states about one of its fields.
    func constraint(of name: String) -> Constraint? { self.input?.constraints[name] }

    /// Sees to it that a default is a value of its field.
    func checkDefault<Value: Decodable>(of name: String, _ type: Value.Type) throws {
        guard let constraint = self.constraint(of: name), let value = constraint.defaultValue else { return }
        do {
            _ = try JSONDecoding.decode(type, from: value, under: constraint)
        } catch {
            throw self.recording.fail(self.type, "the default of \(name) is no value of it: \(error)")
        }
    }

    /// The fields that were asked for, with what the type states about them.
    func constrainedFields() throws(SchemaError) -> [Schema.Field] {
        guard case .fields(let fields) = self.asked else { return [] }
        guard let input = self.input else { return fields }
        let constraints = input.constraints
        let unknown = constraints.keys.filter { name in !fields.contains { $0.name == name } }.sorted()
        guard unknown.isEmpty else {
            throw self.recording.fail(
                self.type, "it states constraints on \(unknown.joined(separator: ", ")), which is no field of it")
        }
        var constrained: [Schema.Field] = []
        for field in fields {
            let schema = try self.constrain(field, constraints[field.name])
            constrained.append(Schema.Field(field.name, schema, isRequired: field.isRequired))
        }
        return constrained
    }

    private func constrain(_ field: Schema.Field, _ constraint: Constraint?) throws(SchemaError) -> Schema {
        guard let schema = field.schema.limited(by: constraint) else {
            throw self.recording.fail(
                self.type, "the constraint on \(field.name) states a limit that its kind of value does not have")
        }
        guard constraint?.description != nil || constraint?.defaultValue != nil else { return schema }
        return .annotated(schema, description: constraint?.description, defaultValue: constraint?.defaultValue)
    }
}

extension Schema {
    /// The schema with the limits that the decoder enforces on a field, or `nil` when one of them does not fit it.
    func limited(by constraint: Constraint?) -> Schema? {
        switch self {
        case .nullable(let schema): return schema.limited(by: constraint).map(Schema.nullable)
        case .annotated(let schema, let description, let defaultValue):
            return schema.limited(by: constraint).map {
                .annotated($0, description: description, defaultValue: defaultValue)
            }
        case .either(let forms): return self.limitedForms(forms, by: constraint).map(Schema.either)
        case .map(let value): return value.limited(by: constraint).map { .map(of: $0) }
        case .object(let fields):
            return self.limitedForms(fields.map(\.schema), by: constraint).map { schemas in
                .object(zip(fields, schemas).map { Field($0.name, $1, isRequired: $0.isRequired) })
            }
        case .array(let item, let minItems, let maxItems, let unique):
            guard constraint?.items != nil || (constraint?.length == nil && constraint?.range == nil) else {
                return nil
            }
            guard let item = item.limited(by: constraint?.forItems) else { return nil }
            return .array(
                of: item, minItems: constraint?.items?.lowerBound ?? minItems,
                maxItems: constraint?.items?.upperBound ?? maxItems ?? Self.defaultItems, unique: unique)
        case .string(let format, let pattern, let minLength, let maxLength):
            guard constraint?.range == nil, constraint?.items == nil else { return nil }
            // A format or pattern says all about a length that nobody states.
            let standard = format == nil && pattern == nil ? Self.defaultTextLength : nil
            return .string(
                format: format, pattern: pattern, minLength: constraint?.length?.lowerBound ?? minLength,
                maxLength: constraint?.length?.upperBound ?? maxLength ?? standard)
        case .integer(let format, let minimum, let maximum):
            guard constraint?.length == nil, constraint?.items == nil else { return nil }
            return .integer(
                format: format, minimum: constraint?.range?.lowerBound ?? minimum,
                maximum: constraint?.range?.upperBound ?? maximum)
        case .number(let minimum, let maximum):
            guard constraint?.length == nil, constraint?.items == nil else { return nil }
            return .number(
                minimum: constraint?.range.map { Double($0.lowerBound) } ?? minimum,
                maximum: constraint?.range.map { Double($0.upperBound) } ?? maximum)
        default:
            let isPlain = constraint?.length == nil && constraint?.range == nil && constraint?.items == nil
            return isPlain ? self : nil
        }
    }

    /// Each form with the limits, where it has them, or `nil` when none does.
    private func limitedForms(_ forms: [Schema], by constraint: Constraint?) -> [Schema]? {
        let limited = forms.map { $0.limited(by: constraint) }
        let isPlain = constraint?.length == nil && constraint?.range == nil && constraint?.items == nil
        guard isPlain || limited.contains(where: { $0 != nil }) else { return nil }
        return zip(forms, limited).map { form, limited in limited ?? form.limited(by: nil) ?? form }
    }
}
