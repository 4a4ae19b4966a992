import AlmanacStorage
import AlmanacTestKit

/// One operation of the API's own description (OpenAPI 3.1), as a client reads it.
struct DocumentedOperation: Sendable {
    /// What is sent besides the body.
    struct Parameter: Sendable {
        let name: String
        /// `path`, `query` or `header`.
        let place: String
        let isRequired: Bool
        let schema: JSON
    }

    /// In capitals.
    let method: String
    /// As it is documented: `/api/v1/bookings/{id}`.
    let path: String
    /// The permanent name, as `bookings.read`.
    let id: String
    let parameters: [Parameter]
    /// The schema of the body, when it takes one.
    let body: JSON?
    /// What fields the answer of a success has.
    let answerFields: [String]
    /// Whether it asks nothing of its caller.
    let isPublic: Bool
    /// Whether the path holds the secret that opens it, as the address of a calendar feed does.
    var isAddressedBySecret: Bool { self.path.hasPrefix("/api/v1/calendar-feeds/") }
    /// The permission that it asks for.
    let permission: String?
    /// The schema of the answer of a success.
    let answer: JSON?

    /// Method and path: what a row of a table is found by.
    var route: String { "\(self.method) \(self.path)" }

    /// Whether it only reads.
    var isRead: Bool { self.method == "GET" }

    /// Whether it takes its fields from the query.
    var takesQuery: Bool { self.isRead || self.method == "DELETE" }

    /// Whether it answers a list in pages.
    var isList: Bool { self.isRead && self.answerFields.contains("items") && self.answerFields.contains("next") }

    /// Whether one can read on in the list that it answers.
    var isPaged: Bool { self.isList && self.parameters.contains { $0.name == "after" } }

    /// The names of all that it takes, wherever it stands.
    var fields: Set<String> {
        Set(self.parameters.map(\.name) + (self.body?["properties"]?.object?.members.map(\.name) ?? []))
    }

    func parameters(in place: String) -> [Parameter] { self.parameters.filter { $0.place == place } }
}

/// The description of a whole API.
struct APIDescription: Sendable {
    let operations: [DocumentedOperation]
    let document: JSON

    init(_ encoded: [UInt8]) throws {
        let document = try JSON(parsing: encoded)
        guard let paths = document["paths"]?.object else { throw TestKitError("the API's description has no paths") }
        self.document = document
        self.operations = paths.members.flatMap { path in
            (path.value.object?.members ?? []).compactMap { method in
                Self.operation(method.name.uppercased(), path.name, method.value, document)
            }
        }
    }

    private static func operation(
        _ method: String, _ path: String, _ json: JSON, _ document: JSON
    ) -> DocumentedOperation? {
        guard let id = json["operationId"]?.string else { return nil }
        let parameters = (json["parameters"]?.array ?? []).map { parameter in
            DocumentedOperation.Parameter(
                name: parameter["name"]?.string ?? "", place: parameter["in"]?.string ?? "",
                isRequired: parameter["required"]?.bool ?? false, schema: parameter["schema"] ?? .object([:]))
        }
        let success = json["responses"]?.object?.members.first { $0.name.hasPrefix("2") }?.value
        let answer = success.flatMap { Self.content($0) }.map { Self.resolve($0, document) }
        return DocumentedOperation(
            method: method, path: path, id: id, parameters: parameters,
            body: json["requestBody"].flatMap { Self.content($0) }.map { Self.resolve($0, document) },
            answerFields: answer?["properties"]?.object?.members.map(\.name) ?? [],
            isPublic: json["security"]?.array?.isEmpty ?? true, permission: json["x-permission"]?.string,
            answer: answer)
    }

    private static func content(_ json: JSON) -> JSON? { json["content"]?["application/json"]?["schema"] }

    /// The schema that a reference stands for.
    static func resolve(_ schema: JSON, _ document: JSON) -> JSON {
        guard let reference = schema["$ref"]?.string, let name = reference.split(separator: "/").last else {
            return schema
        }
        return document["components"]?["schemas"]?[String(name)] ?? schema
    }
}
