internal import AlmanacStorage

extension Schema {
    /// How many code points text may have that states no limit of its own.
    static var defaultTextLength: Int { 2_000 }

    /// How many items an array or set may have that states no limit of its own.
    static var defaultItems: Int { 1_000 }

    /// What is wrong with `json` as far as one look at a leaf can tell: its kind, length, range, choice.
    func problem(with json: JSON) -> (code: String, detail: String)? {
        switch self {
        case .any, .reference: nil
        case .object, .map: json.object == nil ? Self.kind("an object", json) : nil
        case .array: json.array == nil ? Self.kind("an array", json) : nil
        case .either(let schemas):
            Self.problem(with: json, among: schemas)
        case .nullable(let schema): json.isNull ? nil : schema.problem(with: json)
        case .annotated(let schema, _, _): schema.problem(with: json)
        case .boolean: json.bool == nil ? Self.kind("a boolean", json) : nil
        case .string(_, _, let minLength, let maxLength):
            Self.text(json, (minLength ?? 0)...max(minLength ?? 0, maxLength ?? Self.defaultTextLength))
        case .choice(let values): Self.choice(json, values)
        case .integer(let format, let minimum, let maximum):
            Self.integer(json, Self.range(format: format, minimum: minimum, maximum: maximum))
        case .number(let minimum, let maximum): Self.number(json, minimum ?? -.infinity, maximum ?? .infinity)
        }
    }

    /// What is wrong when no form fits: with the one of its kind, where there is one.
    private static func problem(with json: JSON, among forms: [Schema]) -> (code: String, detail: String)? {
        var problem: (code: String, detail: String)?
        for form in forms {
            guard let found = form.problem(with: json) else { return nil }
            if problem == nil || problem?.code == FieldError.type { problem = found }
        }
        return problem
    }

    /// What text from the path or the query stands for, when a leaf of this form is wanted.
    ///
    /// What is not spelled as JSON spells it stays text, and is then refused as such.
    func coerced(_ text: String) -> JSON {
        switch self.core {
        case .boolean: text == "true" ? true : text == "false" ? false : .string(text)
        case .integer, .number: JSONNumber(spelling: text).map(JSON.number) ?? .string(text)
        default: .string(text)
        }
    }

    /// What is wrong with text under a limit on its length.
    static func text(_ json: JSON, _ length: ClosedRange<Int>) -> (code: String, detail: String)? {
        guard case .string(let text) = json else { return Self.kind("a string", json) }
        // A document cannot hold it, the path and the query can.
        if text.utf8.contains(0) { return (FieldError.nulCharacter, "text may not hold the character U+0000") }
        // A code point has one to four bytes: only doubtful lengths need counting.
        let bytes = text.utf8.count
        if bytes <= length.upperBound, bytes / 4 >= length.lowerBound { return nil }
        let count = text.unicodeScalars.count
        guard !length.contains(count) else { return nil }
        return (FieldError.length, "must have \(Self.spell(length)) characters, has \(count)")
    }

    /// What is wrong with an integer under a limit on its size.
    static func integer(_ json: JSON, _ range: ClosedRange<Int64>) -> (code: String, detail: String)? {
        guard case .number(let number) = json, number.isInteger else { return Self.kind("an integer", json) }
        guard let value = number.int64, range.contains(value) else {
            return (FieldError.range, "must be from \(range.lowerBound) to \(range.upperBound), is \(number.spelling)")
        }
        return nil
    }

    /// Another kind of value than expected, naming the value where it is short.
    static func kind(_ expected: String, _ json: JSON) -> (code: String, detail: String) {
        let found: String =
            switch json {
            case .number(let number): "\(number.spelling)"
            case .bool(let value): "\(value)"
            case .string(let text) where text.utf8.count <= 40 && !text.utf8.contains(0): "\"\(text)\""
            default: json.kind
            }
        return (FieldError.type, "expected \(expected), got \(found)")
    }

    /// `1 to 50`, `at most 50`.
    static func spell(_ range: ClosedRange<Int>) -> String {
        if range.lowerBound == 0 { return "at most \(range.upperBound)" }
        return range.count == 1 ? "exactly \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    private static func choice(_ json: JSON, _ values: [String]) -> (code: String, detail: String)? {
        guard case .string(let text) = json else { return Self.kind("a string", json) }
        guard !values.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { return nil }
        return (FieldError.choice, "must be one of \(values.joined(separator: ", "))")
    }

    private static func number(_ json: JSON, _ low: Double, _ high: Double) -> (code: String, detail: String)? {
        guard let value = json.double else { return Self.kind("a number", json) }
        return value >= low && value <= high ? nil : (FieldError.range, "must be from \(low) to \(high), is \(value)")
    }

    private static func range(format: String?, minimum: Int64?, maximum: Int64?) -> ClosedRange<Int64> {
        let low = minimum ?? (format == "int32" ? Int64(Int32.min) : .min)
        let high = maximum ?? (format == "int32" ? Int64(Int32.max) : .max)
        return low...max(low, high)
    }
}
