internal import AlmanacStorage

/// One value in a document that is being decoded, before it has a decoder of its own.
struct DecodingPlace {
    /// How to get here from the parent.
    enum Step {
        case field(String)
        case item(Int)
    }

    /// The value around this one; `nil` for the document itself.
    let parent: DecodingNode?
    let step: Step?
    var json: JSON
    /// What holds for this value beyond its type.
    var constraint: Constraint?
    /// Whether the value came as text.
    var isLenient = false

    /// Where this is, as a JSON Pointer; made only when it is needed.
    var pointer: String {
        let parent = self.parent?.place.pointer ?? ""
        return switch self.step {
        case nil: parent
        case .field(let name): JSONPointer.appending(name, to: parent)
        case .item(let index): "\(parent)/\(index)"
        }
    }

    /// Whether this came several times from the query.
    var isRepeated: Bool {
        guard self.isLenient, case .array = self.json else { return false }
        return true
    }

    /// How many code points a text may have here.
    var textLength: ClosedRange<Int> { self.constraint?.length ?? 0...Schema.defaultTextLength }

    /// What is wrong with the value of a leaf, as far as one look can tell.
    func problem(under schema: Schema) -> (code: String, detail: String)? {
        guard let constraint = self.constraint else { return schema.problem(with: self.json) }
        switch schema.core {
        case .object, .map, .either, .number: return (schema.limited(by: constraint) ?? schema).problem(with: self.json)
        default: return constraint.problem(with: self.json) ?? schema.problem(with: self.json)
        }
    }

    /// What text from the path or the query stands for, where a leaf of this form is wanted.
    func coerced(to schema: Schema) -> DecodingPlace {
        guard self.isLenient, case .string(let text) = self.json else { return self }
        var place = self
        place.json = schema.coerced(text)
        return place
    }

    /// One text from the query as an array of one, where an array is wanted.
    func asList(of type: Any.Type) -> DecodingPlace {
        guard self.isLenient, type is any ListType.Type, case .string = self.json else { return self }
        var place = self
        place.json = .array([self.json])
        return place
    }
}

extension Constraint {
    /// What is wrong with a leaf under this constraint.
    func problem(with json: JSON) -> (code: String, detail: String)? {
        if let range = self.range, self.items == nil { return Schema.integer(json, range) }
        if let length = self.length, self.items == nil { return Schema.text(json, length) }
        return nil
    }
}
