internal import NIOCore

/// Tells whoever sends something that goes on that the other end of the connection has hung up.
///
/// Nobody reads from such a connection, and writing into one that is closed for reading only succeeds for a while; so
/// the end of the input, which is otherwise kept until somebody reads up to it, counts as the end of listening.
final class HangUpHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let onHangUp: @Sendable () -> Void

    init(_ onHangUp: @escaping @Sendable () -> Void) { self.onHangUp = onHangUp }

    func handlerAdded(context: ChannelHandlerContext) {
        if !context.channel.isActive { self.onHangUp() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { self.onHangUp() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.onHangUp()
        context.fireChannelInactive()
    }
}
