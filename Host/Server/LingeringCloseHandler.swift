internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection behind a response that says `Connection: close`, without cutting the response off.
///
/// A client that is refused may still be sending. Closing at once would reset the connection, and the client could lose
/// the response unread. So the output is closed first, what still comes in is thrown away for a moment, and then the
/// connection is closed, whatever the client does (RFC 9112 §9.6).
final class LingeringCloseHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        case open
        /// The head of the last response has been written.
        case closing
        /// The last response has been written.
        case lingering
    }

    private static let patience = TimeAmount.seconds(2)

    private var state = State.open
    private var end: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.state != .lingering else { return }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (self.state, self.unwrapOutboundIn(data)) {
        case (.open, .head(let head)) where head.headerFields[.connection]?.lowercased() == "close":
            self.state = .closing
            context.write(data, promise: promise)
        case (.closing, .end):
            self.state = .lingering
            context.writeAndFlush(data, promise: promise)
            self.linger(context)
        case (.lingering, _):
            promise?.fail(ChannelError.outputClosed)
        default:
            context.write(data, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if self.state == .lingering, case ChannelEvent.inputClosed? = event as? ChannelEvent {
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end?.cancel()
        context.fireChannelInactive()
    }

    private func linger(_ context: ChannelHandlerContext) {
        context.close(mode: .output, promise: nil)
        self.end = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
    }
}
