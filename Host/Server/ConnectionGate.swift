internal import AlmanacSurface
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Turns a connection away when there are too many from its address, and says so.
///
/// It stands first, so that nothing behind it ever hears of such a connection, and does not linger: whoever opens
/// connections in bulk is not given a place to wait.
final class ConnectionGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let register: ConnectionRegister
    private let refusal: @Sendable () -> APIResponse
    private var entry: ConnectionRegister.Entry?

    init(_ register: ConnectionRegister, refusal: @escaping @Sendable () -> APIResponse) {
        self.register = register
        self.refusal = refusal
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.enter(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .admitted(let key?) = self.entry { self.register.leave(key) }
        self.entry = .admitted(nil)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.entry != .refused { context.fireChannelRead(data) }
    }

    private func enter(_ context: ChannelHandlerContext) {
        guard self.entry == nil else { return }
        let entry = self.register.enter(context.remoteAddress?.ipAddress)
        self.entry = entry
        guard entry == .refused else { return }
        let (head, body) = self.refusal().closingParts
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}

extension APIResponse {
    /// The answer as parts of a response behind which the connection is closed.
    var closingParts: (head: HTTPResponse, body: ByteBuffer) {
        var fields = HTTPFields()
        for (name, value) in self.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        fields[.connection] = "close"
        fields[.contentLength] = "\(self.body.count)"
        return (HTTPResponse(status: .init(code: self.status), headerFields: fields), ByteBuffer(bytes: self.body))
    }
}
