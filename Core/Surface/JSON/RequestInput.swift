public import AlmanacStorage

/// The input of one operation, put together from the path, the query and the body of a request.
///
/// A field has one place only. What comes from the path and the query is text and is decoded as such; a name that comes
/// several times in the query is an array.
public struct RequestInput: Sendable {
    /// All fields, as one object.
    public private(set) var json: JSON
    /// Signs the cursors of the list that is asked for, where it is one.
    var seal: CursorSeal?
    /// The position behind which a live endpoint begins, where the caller names one.
    var position: Int64?
    /// Which of them came as text.
    private let lenience: JSONDecoding.Options.Lenience
    private let conflicts: [FieldError]

    /// Puts an input together.
    ///
    /// - Parameters:
    ///   - path: The values of the path's parameters, percent-decoded.
    ///   - query: The query's names and values in order, percent-decoded.
    ///   - body: The parsed body, when there is one.
    public init(
        path: [(name: String, value: String)] = [], query: [(name: String, value: String)] = [], body: JSON? = nil
    ) {
        if let body, body.object == nil {
            // Refused as soon as it is decoded: an input is an object.
            self.json = body
            self.lenience = .none
            self.conflicts = []
            return
        }
        let texts = Self.grouped(path + query)
        let names = Set(texts.map(\.0))
        let members = body?.object?.members ?? []
        self.conflicts = members.filter { names.contains($0.name) }.map { member in
            FieldError(
                pointer: JSONPointer.appending(member.name, to: ""), code: FieldError.conflict,
                detail: "\(member.name) comes from the path or the query; leave it out of the body")
        }
        let others = members.lazy.filter { !names.contains($0.name) }.map { ($0.name, $0.value) }
        self.lenience = names.isEmpty ? .none : .fields(names)
        self.json = .object(JSONObject(texts + others))
    }

    /// The input with the cursor that the list once made, which had been signed.
    ///
    /// - Throws: ``InvalidInput``, the same whatever is wrong with the cursor; ``SecretsError`` when the deployment has
    ///   no keys.
    func opened() throws -> RequestInput {
        guard let seal = self.seal, let after = self.json["after"] else { return self }
        guard after.array == nil else {
            throw InvalidInput(pointer: "/after", code: FieldError.repeated, detail: "may be given once only")
        }
        guard let text = after.string, let cursor = try seal.open(text) else { throw InvalidInput.foreignCursor }
        var input = self
        let members = self.json.object?.members ?? []
        input.json = .object(
            JSONObject(members.map { ($0.name, $0.name == "after" ? .string(cursor) : $0.value) }))
        return input
    }

    /// Decodes the input.
    ///
    /// - Throws: ``InvalidInput`` with everything that is wrong.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(InvalidInput) -> Value {
        let options = JSONDecoding.Options(lenience: self.lenience)
        guard self.conflicts.isEmpty else {
            do throws(InvalidInput) {
                _ = try JSONDecoding.decode(type, from: self.json, options: options)
            } catch {
                throw InvalidInput(self.conflicts + error.errors)
            }
            throw InvalidInput(self.conflicts)
        }
        return try JSONDecoding.decode(type, from: self.json, options: options)
    }

    /// Each name once, with its text or the array of its texts, in the order in which the names came first.
    private static func grouped(_ texts: [(name: String, value: String)]) -> [(String, JSON)] {
        var places: [[UInt8]: Int] = [:]
        var values: [(name: String, texts: [JSON])] = []
        for (name, value) in texts {
            let place = places[Array(name.utf8), default: values.count]
            if place == values.count {
                places[Array(name.utf8)] = place
                values.append((name, []))
            }
            values[place].texts.append(.string(value))
        }
        return values.map { ($0.name, $0.texts.count == 1 ? $0.texts[0] : .array($0.texts)) }
    }
}
