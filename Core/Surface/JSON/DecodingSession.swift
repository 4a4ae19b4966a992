internal import AlmanacStorage

/// Ends decoding: enough errors are known, or there is no value to go on with.
struct DecodingStopped: Error {}

/// Ends one `init(from:)`: what is wrong has been reported.
struct DecodingReported: Error {}

/// One run of the decoder: the errors so far, and how to go on after one.
final class DecodingSession {
    let options: JSONDecoding.Options
    private(set) var errors: [FieldError] = []
    private lazy var examples = Recording()

    init(options: JSONDecoding.Options) { self.options = options }

    func report(_ code: String, _ detail: String, at pointer: String) throws {
        if self.errors.count == self.options.maximumErrors {
            self.errors.append(
                FieldError(pointer: "", code: FieldError.tooMany, detail: "more is wrong than is listed here"))
        }
        guard self.errors.count < self.options.maximumErrors else { throw DecodingStopped() }
        self.errors.append(FieldError(pointer: pointer, code: code, detail: detail))
    }

    /// A value to go on with after an error has been reported.
    func placeholder<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do { return try self.examples.record(type).value } catch { throw DecodingStopped() }
    }

    func decode<Value: Decodable>(_ type: Value.Type, at place: DecodingPlace) throws -> Value {
        if type == String.self, !place.isRepeated { return try self.text(type, at: place) }
        guard let leaf = type as? any APIValue.Type else {
            return try self.composite(type, at: place.asList(of: type), isLeaf: false)
        }
        guard !place.isRepeated else {
            try self.report(FieldError.repeated, "may be given once only", at: place.pointer)
            return try self.placeholder(type)
        }
        let schema = leaf.schema
        let place = place.coerced(to: schema)
        if let problem = place.problem(under: schema) {
            try self.report(problem.code, problem.detail, at: place.pointer)
            return try self.placeholder(type)
        }
        if type == JSON.self, let value = place.json as? Value { return value }
        return try self.composite(type, at: place, isLeaf: true)
    }

    /// The most frequent leaf, without a decoder of its own.
    private func text<Value: Decodable>(_ type: Value.Type, at place: DecodingPlace) throws -> Value {
        if let problem = Schema.text(place.json, place.textLength) {
            try self.report(problem.code, problem.detail, at: place.pointer)
        } else if let value = place.json.string as? Value {
            return value
        }
        return try self.placeholder(type)
    }

    /// Lets the type decode itself.
    private func composite<Value: Decodable>(
        _ type: Value.Type, at place: DecodingPlace, isLeaf: Bool
    ) throws -> Value {
        let known = self.errors.count
        let node = DecodingNode(
            session: self, place: place, input: isLeaf ? nil : type as? any APIInput.Type, isLeaf: isLeaf)
        do {
            let value = try Value(from: node)
            // An input without fields asks for nothing; it is an object all the same, and one without members.
            if !isLeaf, type is any APIInput.Type { _ = try node.container(keyedBy: NoField.self) }
            try self.refuseDuplicates(value, at: place)
            try node.refuseUnknownFields()
            return value
        } catch let stopped as DecodingStopped {
            throw stopped
        } catch {
            if self.errors.count == known {
                let (code, detail) = Self.describe(error)
                try self.report(code, detail, at: place.pointer)
            }
            // Its unknown fields are not reported: it may have given up before it asked for all it knows.
            return try self.placeholder(type)
        }
    }

    /// The fields of an input that has none.
    private enum NoField: CodingKey {}

    /// A set made of an array is smaller than the array when an item came twice.
    private func refuseDuplicates<Value>(_ value: Value, at place: DecodingPlace) throws {
        guard case .array(let items) = place.json, let list = value as? any ListType, list.listCount < items.count
        else {
            return
        }
        // After an error some items are placeholders, which are equal.
        guard self.errors.isEmpty else { return }
        try self.report(FieldError.duplicate, "each item may come once only", at: place.pointer)
    }

    /// What an `init(from:)` has thrown, as code and sentence.
    private static func describe(_ error: any Error) -> (code: String, detail: String) {
        switch error {
        case let refusal as ValueRefusal: (refusal.code, refusal.detail)
        case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
            (FieldError.invalid, context.debugDescription)
        default: (FieldError.invalid, "\(error)")
        }
    }
}
