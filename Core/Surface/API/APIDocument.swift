internal import AlmanacKernel
internal import AlmanacStorage

/// Derives the OpenAPI document from the endpoints, and finds those whose inputs or outputs cannot be described or do not
/// fit their addresses.
enum APIDocument {
    static func encoded(_ routes: [RouteTable.Route], _ settings: APISettings) throws(Problems) -> [UInt8] {
        var registry = SchemaRegistry()
        var operations: [OperationDescription] = []
        var problems: [Problem] = []
        for route in routes {
            let place = "plugin \(route.owner), \(route.endpoint.label)"
            do throws(SchemaError) {
                let operation = try self.describe(route, &registry)
                let fields = Set(registry.fields(of: operation.input).map(\.name))
                problems += route.endpoint.problems(ofFields: fields).map { Problem(place: place, message: $0) }
                operations.append(operation)
            } catch {
                problems.append(Problem(place: place, message: error.description))
            }
        }
        guard problems.isEmpty else { throw Problems(problems) }
        let info = OpenAPIDocument.Info(
            title: settings.title, version: settings.version,
            description: "Errors are problems (RFC 9457). Instants are RFC 3339 in UTC, money is in minor units.")
        let document = OpenAPIDocument(info: info, operations: operations, registry: registry)
        return document.json.serialized
    }

    private static func describe(
        _ route: RouteTable.Route, _ registry: inout SchemaRegistry
    ) throws(SchemaError) -> OperationDescription {
        let endpoint = route.endpoint
        let (input, output) = try endpoint.describe(&registry)
        let isRead = endpoint.method == .get || endpoint.method == .delete
        var locations: [String: OperationDescription.Location] = [:]
        for field in registry.fields(of: input) {
            let isInPath = endpoint.pathParameters.contains(field.name)
            locations[field.name] = isInPath ? .path : isRead ? .query : .body
        }
        var description = OperationDescription(
            method: endpoint.method.rawValue, path: route.path, operationID: endpoint.operation,
            summary: endpoint.summary, tags: [route.owner.name], access: Self.access(endpoint.access), input: input,
            locations: locations, output: output, status: endpoint.status, problems: Self.problems(endpoint),
            isIdempotencyKeyed: endpoint.changesState && endpoint.method == .post,
            precondition: endpoint.precondition,
            hasETag: endpoint.isVersioned || (endpoint.method == .get && endpoint.form != .events),
            remarks: Self.remarks(endpoint))
        description.form = endpoint.form
        for event in endpoint.events {
            description.events.append((event.name, event.about, try event.describe(&registry)))
        }
        return description
    }

    private static func access(_ access: Access) -> OperationDescription.Access {
        switch access {
        case .everyone: .public
        case .signedIn: .signedIn
        case .permission(let permission): .permission(permission.name)
        }
    }

    /// What a caller would not guess.
    private static func remarks(_ endpoint: Endpoint) -> [String] {
        let ofVersion = endpoint.unversionedReason.map { "Takes no If-Match: \($0)" }
        let ofKey: String? =
            if endpoint.isQuestion {
                "It changes nothing: an Idempotency-Key has no effect."
            } else if endpoint.method == .post, !endpoint.changesState {
                "With an Idempotency-Key it is carried out each time, because its answer holds a secret or says who asks."
            } else if endpoint.returnsSecret {
                "Its answer holds a secret and is not kept: sent again with the same Idempotency-Key, it is refused "
                    + "with 409 and not carried out."
            } else {
                nil
            }
        return [ofVersion, ofKey].compactMap { $0 }
    }

    private static func problems(_ endpoint: Endpoint) -> [Int] {
        var statuses = endpoint.problemStatuses
        if !endpoint.pathParameters.isEmpty { statuses.append(404) }
        if endpoint.changesState { statuses.append(409) }
        return statuses
    }
}
