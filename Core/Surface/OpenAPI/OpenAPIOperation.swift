internal import AlmanacStorage

/// One operation in the document.
struct OpenAPIOperation {
    private let operation: OperationDescription
    private let fields: [Schema.Field]

    init(_ operation: OperationDescription, fields: [Schema.Field]) {
        self.operation = operation
        self.fields = fields
    }

    private func fields(in location: OperationDescription.Location) -> [Schema.Field] {
        self.fields.filter { self.operation.location(of: $0.name) == location }
    }

    /// What the body holds: the input itself when all its fields come from there.
    private var body: Schema? {
        let fields = self.fields(in: .body)
        guard !fields.isEmpty else { return nil }
        return fields.count == self.fields.count ? self.operation.input : .object(fields)
    }

    /// The components that the parameters and the body refer to.
    var references: Set<String> {
        let parameters = self.fields(in: .path) + self.fields(in: .query)
        let others = parameters.map(\.schema) + self.operation.events.map(\.payload)
        return others.reduce(into: self.body?.references ?? []) { $0.formUnion($1.references) }
    }

    var json: JSON {
        var object: JSONObject = [
            "operationId": .string(self.operation.operationID),
            "summary": .string(self.operation.summary),
            "tags": .array(self.operation.tags.map(JSON.string)),
        ]
        var sentences = self.operation.remarks
        switch self.operation.access {
        case .public: object["security"] = []
        case .signedIn: object["security"] = [["bearer": []]]
        case .permission(let permission):
            sentences.insert("Needs the permission `\(permission)`.", at: 0)
            object["security"] = [["bearer": []]]
            object["x-permission"] = .string(permission)
        }
        if !sentences.isEmpty { object["description"] = .string(sentences.joined(separator: " ")) }
        let parameters = self.parameters
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        object["requestBody"] = self.requestBody
        object["responses"] = self.responses
        return .object(object)
    }

    // MARK: Request

    private var parameters: [JSON] {
        var parameters = self.fields(in: .path).map { Self.parameter($0, in: "path") }
        parameters += self.fields(in: .query).map { Self.parameter($0, in: "query") }
        if self.operation.isIdempotencyKeyed {
            parameters.append(
                Self.header(
                    "Idempotency-Key", isRequired: false, pattern: "^[!-~]{1,255}$",
                    "A text of your choice, new for each thing you want done: "
                        + "sent again, it is answered again and done once."))
        }
        if self.operation.form == .events {
            let schema = Schema.integer(
                minimum: Int64(LiveFrame.positions.lowerBound), maximum: Int64(LiveFrame.positions.upperBound))
            parameters.append([
                "name": "Last-Event-ID", "in": "header", "required": false, "schema": schema.json,
                "description": "The `id` of the last event that was seen: what has come since is sent first.",
            ])
        }
        switch self.operation.precondition {
        case .none:
            guard self.operation.method == "GET", self.operation.hasETag else { break }
            parameters.append(
                Self.header(
                    "If-None-Match", isRequired: false, pattern: Self.entityTags,
                    "ETags you have seen; with one that still holds, 304 is answered."))
        case .optional:
            parameters.append(
                Self.header(
                    "If-Match", isRequired: false, pattern: Self.entityTags,
                    "The ETag you have seen; if there is a newer one, nothing is done."))
        case .required:
            parameters.append(
                Self.header(
                    "If-Match", isRequired: true, pattern: Self.entityTags,
                    "The ETag you have seen, or `*` for whichever there is."))
        }
        return parameters
    }

    /// What `If-Match` and `If-None-Match` may hold (RFC 9110 §13.1).
    private static let entityTags = #"^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$"#

    private static func parameter(_ field: Schema.Field, in place: String) -> JSON {
        var schema = field.schema
        var parameter: JSONObject = ["name": .string(field.name), "in": .string(place)]
        if case .annotated(let plain, let description, let defaultValue) = schema {
            parameter["description"] = description.map(JSON.string)
            schema = defaultValue == nil ? plain : .annotated(plain, defaultValue: defaultValue)
        }
        // Text in a query cannot be null: the parameter is left out.
        if case .nullable(let plain) = schema { schema = plain }
        parameter["required"] = .bool(place == "path" || field.isRequired)
        parameter["schema"] = schema.json
        return .object(parameter)
    }

    private static func header(
        _ name: String, isRequired: Bool, pattern: String, _ description: String
    ) -> JSON {
        [
            "name": .string(name), "in": "header", "description": .string(description), "required": .bool(isRequired),
            "schema": ["type": "string", "pattern": .string(pattern), "maxLength": 255],
        ]
    }

    private var requestBody: JSON? {
        guard let body = self.body else { return nil }
        let isRequired = self.fields(in: .body).contains(where: \.isRequired)
        return ["required": .bool(isRequired), "content": ["application/json": ["schema": body.json]]]
    }

    // MARK: Answers

    /// What each event of a stream is.
    ///
    /// OpenAPI 3.1 has no word for the parts of an answer that never ends; as in its successor, `contentSchema` says what
    /// the text in `data` holds.
    private var events: JSON {
        let kinds = self.operation.events.map { event -> JSON in
            [
                "type": "object", "description": .string(event.about),
                "properties": [
                    "id": ["type": "string"], "event": ["const": .string(event.name)],
                    "data": [
                        "type": "string", "contentMediaType": "application/json", "contentSchema": event.payload.json,
                    ],
                ],
                "required": ["event", "data"],
            ]
        }
        return ["oneOf": .array(kinds)]
    }

    private var responses: JSON {
        var success: JSONObject = ["description": "Success."]
        if self.operation.hasETag {
            success["headers"] = [
                "ETag": [
                    "description": "Stands for what is shown, for If-Match and If-None-Match.",
                    "schema": ["type": "string"],
                ]
            ]
        }
        if let output = self.operation.output {
            let content: JSON = ["schema": self.operation.events.isEmpty ? output.json : self.events]
            success["content"] = .object(JSONObject([(self.operation.form.mediaType, content)]))
        }
        let problems = OpenAPIProblems.statuses(of: self.operation).map { status in
            (
                String(status),
                JSON.object(["$ref": .string("#/components/responses/\(OpenAPIProblems.name(of: status))")])
            )
        }
        var unchanged: [(String, JSON)] = []
        if self.operation.method == "GET", self.operation.hasETag {
            unchanged = [("304", ["description": "Nothing has changed since the ETag in If-None-Match."])]
        }
        return .object(JSONObject([(String(self.operation.status), .object(success))] + unchanged + problems))
    }
}
