internal import AlmanacKernel
internal import AlmanacStorage

/// A piece of a long list as JSON Lines.
struct LinesAnswer: Sendable {
    /// The lines, each with its line break.
    let lines: [UInt8]
    /// The query with which the next piece is had; `nil` when this is the last one.
    let next: [(name: String, value: String)]?
}

extension Endpoint {
    /// A read of the kernel's own that answers in JSON Lines (`application/jsonl`), a piece at a time.
    ///
    /// Where the next piece is stands in the header `Link` with the relation `next` (RFC 8288), relative to the request.
    init<Input: APIInput>(
        lines operation: String, _ path: String, _ summary: String, permission: Permission,
        _ body: @escaping @Sendable (Input, Call) async throws -> LinesAnswer
    ) {
        self.init(
            method: .get, path: path, summary: summary, operation: operation, access: .permission(permission),
            status: 200, mount: .product, changesState: false, isVersioned: false, problemStatuses: [],
            describe: { (registry: inout SchemaRegistry) throws(SchemaError) in
                (try registry.schema(of: Input.self), try registry.schema(of: String.self))
            },
            run: { input, call, _, _ in
                let answer = try await body(input.decode(Input.self), call)
                let link = answer.next.map { (name: "link", value: "<?\(Self.query($0))>; rel=\"next\"") }
                return EndpointAnswer(
                    encoded: EncodedAnswer(status: 200, body: answer.lines), isReplayed: false,
                    headers: link.map { [$0] } ?? [])
            })
        self.form = .lines
    }

    private static func query(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(RequestText.encoded($0.name))=\(RequestText.encoded($0.value))" }.joined(separator: "&")
    }
}
