public import AlmanacStorage

/// The description of the API as an OpenAPI 3.1 document.
///
/// The same operations make the same bytes, in whatever order they are given: paths stand in order of their text,
/// methods in the usual one, components by name.
public struct OpenAPIDocument {
    /// What the document says about itself.
    public struct Info: Sendable {
        /// The name of the API.
        public let title: String
        /// Its version.
        public let version: String
        /// What it is for.
        public let description: String

        /// Describes the document.
        public init(title: String, version: String, description: String) {
            self.title = title
            self.version = version
            self.description = description
        }
    }

    private static let methods = ["GET", "PUT", "POST", "PATCH", "DELETE"]

    private let info: Info
    private let servers: [String]
    private let tags: [(name: String, description: String)]
    private let operations: [OperationDescription]
    private let registry: SchemaRegistry

    /// Puts a document together.
    ///
    /// - Parameters:
    ///   - info: What it says about itself.
    ///   - servers: The addresses at which the API is served; relative ones too.
    ///   - tags: The headings, in order.
    ///   - operations: What the API can do.
    ///   - registry: Knows every schema the operations refer to.
    public init(
        info: Info, servers: [String] = ["/"], tags: [(name: String, description: String)] = [],
        operations: [OperationDescription], registry: SchemaRegistry
    ) {
        self.info = info
        self.servers = servers
        self.tags = tags
        self.operations = operations
        self.registry = registry
    }

    /// The document.
    public var json: JSON {
        [
            "openapi": "3.1.0",
            "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
            "info": [
                "title": .string(self.info.title), "version": .string(self.info.version),
                "description": .string(self.info.description),
            ],
            "servers": .array(self.servers.map { ["url": .string($0)] }),
            "tags": .array(self.tags.map { ["name": .string($0.name), "description": .string($0.description)] }),
            "paths": self.paths,
            "components": [
                "schemas": self.schemas,
                "responses": OpenAPIProblems.responses(of: self.operations),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "description": "A token from /api/v1/auth/token."]
                ],
            ],
        ]
    }

    private var paths: JSON {
        let byPath = Dictionary(grouping: self.operations, by: \.path).sorted { $0.key < $1.key }
        return .object(
            JSONObject(
                byPath.map { path, operations in
                    let byMethod = Self.methods.compactMap { method in operations.first { $0.method == method } }
                    return (
                        path,
                        .object(
                            JSONObject(
                                byMethod.map { operation in
                                    let item = OpenAPIOperation(
                                        operation, fields: self.registry.fields(of: operation.input))
                                    return (operation.method.lowercased(), item.json)
                                }))
                    )
                }))
    }

    /// The components that something in the document refers to, and those they refer to.
    private var schemas: JSON {
        var wanted: Set<String> = []
        var unseen: Set<String> = []
        for operation in self.operations {
            unseen.formUnion(operation.output?.references ?? [])
            let item = OpenAPIOperation(operation, fields: self.registry.fields(of: operation.input))
            unseen.formUnion(item.references)
        }
        while let name = unseen.popFirst() {
            guard wanted.insert(name).inserted else { continue }
            unseen.formUnion(self.registry.components[name]?.references ?? [])
        }
        var members = wanted.compactMap { name in self.registry.components[name].map { (name, $0.json) } }
        members += [("Problem", ProblemDetails.schema), ("FieldError", FieldError.schema)]
        return .object(JSONObject(members.sorted { $0.0 < $1.0 }))
    }
}
