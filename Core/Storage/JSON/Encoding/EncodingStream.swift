/// One run of the encoder: what has been written and what is open.
///
/// The run belongs to one call of ``JSONEncoding/encode(_:)``, on one thread; its methods do not call each other while
/// they change a property. That is why exclusive access is not checked again at each of thousands of writes.
final class EncodingStream {
    @exclusivity(unchecked) private var writer: JSONWriter
    /// The arrays and objects that are open, outermost first; true for an object.
    @exclusivity(unchecked) private var open: [Bool] = []
    /// The types met so far; few, so that looking through them is fast.
    @exclusivity(unchecked) private var types: [ObjectIdentifier] = []
    /// How their values are written, in the same order.
    @exclusivity(unchecked) private var forms: [EncodingForm] = []

    init(_ writer: consuming JSONWriter) { self.writer = writer }

    var bytes: [UInt8] { self.writer.bytes }
    var text: String { self.writer.text }

    // MARK: Values

    func encode<Value: Encodable>(_ value: Value) throws { try self.encode(value, as: self.form(of: Value.self)) }

    /// Encodes a field, unless it is one that is left out.
    func encode<Value: Encodable>(_ value: Value, forKey name: String, at depth: Int) throws {
        let form = self.form(of: Value.self)
        if case .omittable = form, let field = value as? any JSONOmittable, field.isOmitted { return }
        try self.resume(depth)
        self.writer.key(named: name)
        try self.encode(value, as: form)
    }

    private func encode<Value: Encodable>(_ value: Value, as form: EncodingForm) throws {
        switch form {
        case .streamable(let type):
            // The form was made for this very type.
            withUnsafePointer(to: value) { type.write($0, to: &self.writer) }
        case .map:
            guard let value = value as? any EncodableMap else { return try self.encodePlain(value) }
            try value.encodeMembers(to: self)
        case .omittable, .plain: try self.encodePlain(value)
        }
    }

    private func form(of type: Any.Type) -> EncodingForm {
        let id = ObjectIdentifier(type)
        for index in self.types.indices where self.types[index] == id { return self.forms[index] }
        let form = EncodingForm.of(type)
        self.types.append(id)
        self.forms.append(form)
        return form
    }

    private func encodePlain<Value: Encodable>(_ value: Value) throws {
        let depth = self.open.count
        let start = self.writer.count
        try value.encode(to: EncodingValue(stream: self, depth: depth))
        self.close(to: depth)
        guard self.writer.count > start else { throw self.failure(value, "it has written nothing") }
    }

    private func failure(_ value: Any, _ reason: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: [], debugDescription: "\(type(of: value)) cannot be encoded: \(reason)"))
    }

    func null() { self.writer.null() }
    func write(_ value: String) { self.writer.string(value) }
    func write(_ value: Bool) { self.writer.bool(value) }
    func write(_ value: Int) { self.writer.integer(value) }
    func write(_ value: some FixedWidthInteger) { self.writer.integer(value) }

    func write(_ value: Double) throws {
        guard value.isFinite else { throw self.failure(value, "JSON has no \(value)") }
        self.writer.number(value)
    }

    // MARK: Structure

    /// How many arrays and objects are open.
    var depth: Int { self.open.count }

    /// Begins an array or object as the container at `depth`, or goes on with the one that is open there.
    func begin(isObject: Bool, at depth: Int) {
        if self.open.count > depth, self.open[depth] == isObject { return self.close(to: depth + 1) }
        self.close(to: depth)
        if isObject { self.writer.beginObject() } else { self.writer.beginArray() }
        self.open.append(isObject)
    }

    /// Ends everything that is open inside the container at `depth`.
    func close(to depth: Int) {
        while self.open.count > depth {
            if self.open.removeLast() { self.writer.endObject() } else { self.writer.endArray() }
        }
    }

    /// Goes back to the container that is `depth` deep, to write into it.
    func resume(_ depth: Int) throws {
        if self.open.count == depth { return }
        guard self.open.count > depth else { throw self.failure(depth, "its container has been left already") }
        self.close(to: depth)
    }

    func key(_ name: String) { self.writer.key(named: name) }
}
