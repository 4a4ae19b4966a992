internal import AlmanacKernel
internal import AlmanacStorage

/// The decoder of one value, which remembers which of its fields have been asked for.
final class DecodingNode: Decoder {
    let session: DecodingSession
    let place: DecodingPlace
    /// What the type states about its fields.
    private let constraints: [String: Constraint]
    /// Whether the value has been checked against the schema that its type states.
    let isLeaf: Bool
    /// Whether `null` for an optional field is as good as nothing.
    let nullMeansAbsent: Bool

    /// The fields that have been asked for, in order; `nil` until a keyed container was.
    private var asked: [String]?
    /// Which members of the document have been asked for, by index.
    private var isTaken: [Bool] = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Creates the decoder of one value.
    ///
    /// - Parameters:
    ///   - session: The run it belongs to.
    ///   - place: Where the value is.
    ///   - input: Its type, when that constrains its fields.
    ///   - isLeaf: Whether its type states its schema, against which the value has been checked.
    init(session: DecodingSession, place: DecodingPlace, input: (any APIInput.Type)? = nil, isLeaf: Bool = false) {
        self.session = session
        self.place = place
        self.isLeaf = isLeaf
        self.constraints = input?.constraints ?? [:]
        self.nullMeansAbsent = input?.nullMeansAbsent ?? place.parent?.nullMeansAbsent ?? true
    }

    /// The value of a field; asking makes the field a known one.
    func take(_ name: String, from object: JSONObject) -> JSON? {
        self.asked?.append(name)
        guard let index = object.index(of: name) else { return nil }
        self.isTaken[index] = true
        return object.members[index].value
    }

    /// Makes every field a known one: this is a map.
    func takeAll() {
        for index in self.isTaken.indices { self.isTaken[index] = true }
    }

    func constraint(of name: String) -> Constraint? {
        guard !self.isLeaf else { return self.place.constraint?.forMembers }
        return self.constraints.isEmpty ? nil : self.constraints[name]
    }

    /// The place of a field.
    func place(of name: String, _ json: JSON) -> DecodingPlace {
        let isLenient = self.place.parent == nil ? self.session.options.isLenient(name) : self.place.isLenient
        return DecodingPlace(
            parent: self, step: .field(name), json: json, constraint: self.constraint(of: name), isLenient: isLenient)
    }

    /// Reports the members that nobody asked for.
    func refuseUnknownFields() throws {
        guard let asked = self.asked, case .object(let object) = self.place.json else { return }
        for (index, member) in object.members.enumerated() where !self.isTaken[index] {
            let advice = FieldAdvice.text(for: member.name, among: asked)
            try self.session.report(
                FieldError.unknownField, "there is no such field; \(advice)",
                at: JSONPointer.appending(member.name, to: self.place.pointer))
        }
    }

    /// Ends the `init(from:)` of the value, or lets it try another form.
    ///
    /// Reported is what comes out of the `init(from:)` in the end: a leaf that is text or an object may ask for both.
    func refuse(_ problem: (code: String, detail: String)) throws -> Never {
        throw ValueRefusal(code: problem.code, detail: problem.detail)
    }

    // MARK: Decoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = self.place.json else {
            try self.refuse(Schema.kind("an object", self.place.json))
        }
        if self.asked == nil {
            self.asked = []
            self.isTaken = Array(repeating: false, count: object.count)
        }
        return KeyedDecodingContainer(DecodingFields(node: self, object: object))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let items) = self.place.json else {
            try self.refuse(Schema.kind("an array", self.place.json))
        }
        let allowed = self.place.constraint?.items ?? 0...Schema.defaultItems
        guard allowed.contains(items.count) else {
            try self.refuse((FieldError.items, "must have \(Schema.spell(allowed)) items, has \(items.count)"))
        }
        return DecodingItems(node: self, items: items)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { DecodingValue(node: self) }
}

/// What to do about an unknown field.
private enum FieldAdvice {
    static func text(for name: String, among known: [String]) -> String {
        if let nearest = Spelling.nearest(to: name, among: known) { return "did you mean \(nearest)?" }
        return known.isEmpty ? "no fields are expected here" : "known are \(known.joined(separator: ", "))"
    }
}
