internal import AlmanacKernel
internal import AlmanacStorage

extension Endpoint {
    /// An operation that goes on telling what happens for as long as somebody listens: Server-Sent Events (WHATWG HTML
    /// §9.2), `text/event-stream`.
    ///
    /// Callers are authenticated, limited and refused as anywhere else before anything is sent. Besides the fields of the
    /// input every such endpoint takes where to go on, as the header `Last-Event-ID` or as `lastEventId` in the query, and
    /// `forSeconds`, after which it ends; these are no fields of the input.
    public static func live<Input: APIInput, State: Sendable>(
        _ path: String, _ query: LiveQuery<Input, State>, _ summary: String = ""
    ) -> Endpoint {
        var endpoint = Endpoint(
            method: .get, path: path, summary: summary, operation: query.name, access: query.access, status: 200,
            mount: .extension, changesState: false, isVersioned: false, problemStatuses: [503],
            describe: { (registry: inout SchemaRegistry) throws(SchemaError) in
                let (own, frame) = (try registry.schema(of: Input.self), try registry.schema(of: LiveFrame.self))
                return (.object(registry.fields(of: own) + registry.fields(of: frame)), .string())
            },
            run: { input, call, invoker, owner in
                let reader = try await LiveReader(
                    query, of: owner, input.decode(Input.self), from: input.position, as: call, invoker)
                return EndpointAnswer(
                    encoded: EncodedAnswer(status: 200, body: []), isReplayed: false, reading: reader)
            })
        endpoint.form = .events
        endpoint.events = query.events
        return endpoint
    }
}

/// What every live endpoint takes besides its own input.
struct LiveFrame: APIInput {
    let lastEventId: Int?
    let forSeconds: Int?

    /// The largest number that every program reads exactly (RFC 8259 §6).
    static let positions = 0...9_007_199_254_740_991

    static let constraints: [String: Constraint] = [
        "lastEventId": .integer(
            Self.positions,
            "The `id` of the last event that was seen, for those who cannot send the header Last-Event-ID, which counts more."
        ),
        "forSeconds": .integer(
            0...86_400,
            """
            Seconds after which the stream ends, when what is there has been sent: with 0 it sends what there is and ends. \
            Without it the stream goes on for as long as the token is valid.
            """),
    ]

    /// Takes the fields of the frame out of a query.
    ///
    /// - Returns: The frame and the rest of the query, which is the endpoint's own.
    /// - Throws: ``InvalidInput`` when one of the fields cannot be read.
    static func split(
        _ query: [(name: String, value: String)]
    ) throws -> (LiveFrame, rest: [(name: String, value: String)]) {
        let isOwn = { (field: (name: String, value: String)) in Self.constraints[field.name] != nil }
        return (try RequestInput(query: query.filter(isOwn)).decode(LiveFrame.self), query.filter { !isOwn($0) })
    }

    /// The position that a caller has seen last.
    ///
    /// - Throws: ``RequestFault`` 400 when the header is none of our ids.
    func position(of request: APIRequest) throws -> Int64? {
        let values = request.values("last-event-id")
        guard let text = values.first else { return self.lastEventId.map(Int64.init) }
        // As we write it: neither `+1` nor `01`, and not empty, for browsers that have seen no id send no such header.
        guard values.count == 1, let position = Int(text), Self.positions.contains(position), "\(position)" == text
        else {
            throw RequestFault(
                400, "bad_last_event_id", "Last-Event-ID must be the id of an event of this stream, a whole number")
        }
        return Int64(position)
    }
}
