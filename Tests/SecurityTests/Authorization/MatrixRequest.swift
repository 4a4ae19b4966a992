import AlmanacStorage
import AlmanacTestKit

/// A request of an operation on one object.
struct MatrixRequest: Sendable {
    let method: String
    /// Path and query.
    let target: String
    let body: JSON?
    let headers: [(name: String, value: String)]

    /// Puts a request together.
    ///
    /// - Parameters:
    ///   - operation: The operation.
    ///   - recipe: How it is called.
    ///   - object: What identifies the object; ignored where the request names none.
    ///   - school: Where it is called.
    ///   - sample: Makes what the schema asks for.
    ///   - more: Further fields of the body.
    /// - Throws: What the recipe throws.
    init(
        _ operation: DocumentedOperation, _ recipe: Recipe, on object: String, in school: MatrixSchool,
        _ sample: SampleInput, fields more: [(String, JSON)] = []
    ) async throws {
        self.method = operation.method
        self.target = Self.target(operation, recipe, object, sample, query: try await recipe.query(school))
        // Whichever version there is.
        self.headers = operation.parameters(in: "header").filter(\.isRequired).map { parameter in
            (parameter.name, parameter.name == "If-Match" ? "*" : "key-\(object)")
        }
        guard let schema = operation.body else {
            self.body = nil
            return
        }
        var body = sample.value(schema)
        for (name, value) in try await recipe.fields(school, object) { body = body.with(name, value) }
        for (name, value) in more { body = body.with(name, value) }
        if case .body(let field) = recipe.place { body = body.with(field, .string(object)) }
        self.body = body
    }

    private static func target(
        _ operation: DocumentedOperation, _ recipe: Recipe, _ object: String, _ sample: SampleInput,
        query more: [String: String]
    ) -> String {
        let pieces =
            recipe.kind?.isOnePart == true ? [Substring(object)] : object.split(separator: ObjectKind.separator)
        var parts = pieces.map(String.init)[...]
        let path = operation.path.split(separator: "/").map { segment -> String in
            guard segment.hasPrefix("{") else { return String(segment) }
            if case .path = recipe.place, let part = parts.popFirst() { return part }
            let name = String(segment.dropFirst().dropLast())
            let schema = operation.parameters(in: "path").first { $0.name == name }?.schema ?? .object([:])
            return sample.value(schema, named: name).string ?? ""
        }
        let query = operation.parameters(in: "query").compactMap { parameter -> String? in
            if case .query(let field) = recipe.place, field == parameter.name { return "\(field)=\(object)" }
            if let value = more[parameter.name] { return "\(parameter.name)=\(value)" }
            if case .list = recipe.place, parameter.name == "limit" { return "limit=200" }
            guard parameter.isRequired else { return nil }
            return sample.value(parameter.schema, named: parameter.name).string.map { "\(parameter.name)=\($0)" }
        }
        return "/" + path.joined(separator: "/") + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// Sends it.
    func send(_ client: APIClient) async -> APIAnswer {
        await client.send(self.method, self.target, json: self.body, headers: self.headers)
    }
}
