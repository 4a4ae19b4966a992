internal import AlmanacSurface
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1

/// Carries requests from Hummingbird to the API and answers back.
struct APIResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let api: API
    let settings: ServerSettings

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        // RFC 9112 §3.2 wants a host; those who only ask for our health may be older than that.
        guard request.head.authority?.isEmpty == false || request.uri.path.hasPrefix("/health/") else {
            let refusal = self.api.transportProblem(400, "bad_host", "the header Host is missing")
            return Self.response(refusal, closing: true)
        }
        let body: [UInt8]
        switch try await self.collect(request) {
        case .complete(let bytes): body = bytes
        case .refused(let refusal): return Self.response(refusal, closing: true)
        }
        let answer = await self.api.respond(
            to: APIRequest(
                method: request.method.rawValue, path: request.uri.path, query: request.uri.query,
                headers: Self.headers(request), body: body, address: context.address))
        if let stream = answer.live { return Self.response(answer, sending: stream, over: context.channel) }
        return Self.response(answer, closing: false)
    }

    private enum Body {
        case complete([UInt8])
        case refused(APIResponse)
    }

    /// Reads the body, up to the limit and the deadline.
    ///
    /// The idle timeout of the connection covers a sender that falls silent; the deadline covers one that drips.
    private func collect(_ request: Request) async throws -> Body {
        let limit = self.settings.maximumBodyBytes
        let declared = request.headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limit { return self.tooLarge }
        let deadline = NIODeadline.now() + .seconds(Int64(self.settings.requestTimeoutSeconds))
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= limit else { return self.tooLarge }
                guard NIODeadline.now() < deadline else { return self.tooSlow }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch is HTTPParserError {
            return .refused(self.api.notHTTP)
        }
        // A connection that breaks looks like the end of the body: half a request must not be carried out.
        if let declared, declared != bytes.count { return .refused(self.api.notHTTP) }
        return .complete(bytes)
    }

    private var tooSlow: Body {
        .refused(
            self.api.transportProblem(
                408, "request_timeout",
                "the body did not arrive within \(self.settings.requestTimeoutSeconds) seconds"))
    }

    private var tooLarge: Body {
        .refused(
            self.api.transportProblem(
                413, "body_too_large", "a body may have at most \(self.settings.maximumBodyBytes) bytes"))
    }

    private static func headers(_ request: Request) -> [(name: String, value: String)] {
        var headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        if let authority = request.head.authority { headers.append(("host", authority)) }
        return headers
    }

    private static func fields(of answer: APIResponse) -> HTTPFields {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }

    private static func response(_ answer: APIResponse, closing: Bool) -> Response {
        var fields = Self.fields(of: answer)
        // The rest of a refused body is not read: the connection cannot be used again.
        if closing { fields[.connection] = "close" }
        // What is said of the body that HEAD leaves out is what GET would have said.
        if let length = answer.omittedLength { fields[.contentLength] = "\(length)" }
        let body = answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        return Response(status: .init(code: answer.status), headers: fields, body: body)
    }

    // MARK: Streams

    private static func response(
        _ answer: APIResponse, sending stream: LiveStream, over channel: any Channel
    ) -> Response {
        var fields = Self.fields(of: answer)
        // What the client sends meanwhile is not read.
        fields[.connection] = "close"
        return Response(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody { try await Self.send(stream, over: channel, &$0) })
    }

    /// Sends a stream until it ends or nobody listens any more; a piece is made when the one before has been taken.
    private static func send(
        _ stream: LiveStream, over channel: any Channel, _ writer: inout any ResponseBodyWriter
    ) async throws {
        do {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(HangUpHandler { stream.leave() }, position: .first)
            }.get()
            while let piece = await stream.next() { try await writer.write(ByteBuffer(bytes: piece)) }
        } catch {
            // It could not be written: nobody listens.
            stream.leave()
            _ = await stream.next()
            throw error
        }
        try await writer.finish(nil)
    }
}

/// What is known of a connection.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The network address at the other end.
    let address: String?
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.address = source.channel.remoteAddress?.ipAddress
        self.channel = source.channel
    }
}
