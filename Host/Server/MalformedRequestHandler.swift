internal import AlmanacSurface
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Answers what is not HTTP with a problem; the connection is then closed by ``LingeringCloseHandler``.
///
/// The parser's errors never become a request, so the API does not see them. When a request has begun, the error is
/// left to whoever reads its body.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let api: API
    /// Requests that have begun and were not answered yet.
    private var unanswered = 0

    init(_ api: API) { self.api = api }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = self.unwrapInboundIn(data) { self.unanswered += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = self.unwrapOutboundIn(data) { self.unanswered -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, self.unanswered == 0 else {
            context.fireErrorCaught(error)
            return
        }
        let problem =
            error == .headerOverflow
            ? self.api.transportProblem(431, "headers_too_large", "the header fields are larger than this server reads")
            : self.api.notHTTP
        let (head, body) = problem.closingParts
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}
