public import AlmanacKernel
internal import AlmanacStorage

extension Endpoint {
    /// An operation that reads.
    public static func get<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ query: Query<Input, Output>, _ summary: String = ""
    ) -> Endpoint { Endpoint(.get, path, query, summary, mount: .extension) }

    /// An operation that makes something or does something; the status of a success is 201 unless stated.
    public static func post<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ command: Command<Input, Output>, status: Int = 201, _ summary: String = ""
    ) -> Endpoint { Endpoint(.post, path, command, status, summary, mount: .extension) }

    /// An operation that reads and takes more than an address holds: a question that is asked with a body.
    public static func post<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ query: Query<Input, Output>, _ summary: String = ""
    ) -> Endpoint {
        var endpoint = Endpoint(.post, path, query, summary, mount: .extension)
        endpoint.isQuestion = true
        return endpoint
    }

    /// An operation that replaces something; the caller must name the version it has seen.
    public static func put<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ command: Command<Input, Output>, _ summary: String = ""
    ) -> Endpoint { Endpoint(.put, path, command, 200, summary, mount: .extension) }

    /// An operation that changes parts of something; the caller must name the version it has seen.
    public static func patch<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ command: Command<Input, Output>, _ summary: String = ""
    ) -> Endpoint { Endpoint(.patch, path, command, 200, summary, mount: .extension) }

    /// An operation that removes something; the caller must name the version it has seen.
    public static func delete<Input: APIInput, Output: Codable & Sendable>(
        _ path: String, _ command: Command<Input, Output>, _ summary: String = ""
    ) -> Endpoint { Endpoint(.delete, path, command, 200, summary, mount: .extension) }

    /// The same operation directly under `/api/v1`: for the plugins of the product itself.
    package func inProduct() -> Endpoint {
        var endpoint = self
        endpoint.mount = .product
        return endpoint
    }

    private init<Input: APIInput, Output: Codable & Sendable>(
        _ method: Method, _ path: String, _ query: Query<Input, Output>, _ summary: String, mount: Mount
    ) {
        self.init(
            method: method, path: path, summary: summary, operation: query.name, access: query.access, status: 200,
            mount: mount, changesState: false, isVersioned: Output.self is any Versioned.Type, problemStatuses: [],
            describe: Self.description(of: Input.self, Output.self),
            run: { input, call, invoker, owner in
                let output = try await invoker.run(query, of: owner, input.opened().decode(Input.self), as: call)
                return EndpointAnswer(encoded: try Self.encoded(output, 200, input.seal), isReplayed: false)
            })
        self.isPaged = Output.self is any PagedAnswer.Type
    }

    private init<Input: APIInput, Output: Codable & Sendable>(
        _ method: Method, _ path: String, _ command: Command<Input, Output>, _ status: Int, _ summary: String,
        mount: Mount
    ) {
        self.init(
            method: method, path: path, summary: summary, operation: command.name, access: command.access,
            status: status, mount: mount, changesState: true, isVersioned: Output.self is any Versioned.Type,
            problemStatuses: [], describe: Self.description(of: Input.self, Output.self),
            run: { input, call, invoker, owner in
                let answer = try await invoker.answer(
                    command, of: owner, input.decode(Input.self), as: call, encode: { try Self.encoded($0, status) })
                return switch answer {
                case .done(_, let encoded): EndpointAnswer(encoded: encoded, isReplayed: false)
                case .replayed(let encoded): EndpointAnswer(encoded: encoded, isReplayed: true)
                }
            })
    }

    /// An operation of the kernel's own that neither reads nor writes through a handler: signing in.
    ///
    /// Its answers are never kept under an idempotency key, because they may hold secrets.
    init<Input: APIInput, Output: Codable & Sendable>(
        procedure operation: String, _ method: Method, _ path: String, status: Int, _ summary: String, access: Access,
        problems: [Int] = [], acceptsAPIKeys: Bool = false,
        _ body: @escaping @Sendable (Input, Call) async throws -> Output
    ) {
        self.init(
            method: method, path: path, summary: summary, operation: operation, access: access, status: status,
            mount: .product, changesState: false, isVersioned: Output.self is any Versioned.Type,
            problemStatuses: problems, describe: Self.description(of: Input.self, Output.self),
            run: { input, call, _, _ in
                let output = try await body(input.decode(Input.self), call)
                return EndpointAnswer(
                    encoded: EncodedAnswer(status: status, body: try JSONEncoding.encode(output)), isReplayed: false)
            })
        self.acceptsAPIKeys = acceptsAPIKeys
    }

    private static func encoded<Output: Codable & Sendable>(
        _ output: Output, _ status: Int, _ seal: CursorSeal? = nil
    ) throws -> EncodedAnswer {
        var output = output
        if let seal, let page = try (output as? any PagedAnswer)?.sealed(by: seal) as? Output { output = page }
        return EncodedAnswer(
            status: status, version: (output as? any Versioned)?.version, body: try JSONEncoding.encode(output))
    }

    private static func description<Input: APIInput, Output: Codable & Sendable>(
        of input: Input.Type, _ output: Output.Type
    ) -> @Sendable (inout SchemaRegistry) throws(SchemaError) -> (input: Schema, output: Schema?) {
        { (registry: inout SchemaRegistry) throws(SchemaError) in
            (try registry.schema(of: Input.self), try registry.schema(of: Output.self))
        }
    }
}
