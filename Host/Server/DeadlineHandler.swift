internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Ends connections whose other end is too slow: to say what it wants, or to take what it is told.
///
/// Hummingbird's idle timer counts parts of requests and stands still while a response is under way, so that somebody
/// who never reads would hold a connection, its buffers and a task for ever. The head of the first request has to be
/// there, whole, some time after the connection was accepted, however many of its bytes have dripped in by then; and
/// a response has to be taken some time after it was begun.
final class DeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let headTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private var head: Scheduled<Void>?
    private var answer: Scheduled<Void>?
    /// Responses that have been begun and were not wholly taken yet.
    private var untaken = 0

    init(headTimeout: TimeAmount, answerTimeout: TimeAmount) {
        self.headTimeout = headTimeout
        self.answerTimeout = answerTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.awaitHead(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.awaitHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.head?.cancel()
        self.answer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = self.unwrapInboundIn(data) { self.head?.cancel() }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.kind != .informational:
            self.untaken += 1
            if self.untaken == 1 { self.awaitTaking(context) }
            context.write(data, promise: promise)
        case .end:
            let taken = promise ?? context.eventLoop.makePromise()
            taken.futureResult.assumeIsolated().whenSuccess { self.wasTaken(context) }
            context.write(data, promise: taken)
        default:
            context.write(data, promise: promise)
        }
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        guard self.head == nil else { return }
        self.head = Self.close(context, in: self.headTimeout)
    }

    private func awaitTaking(_ context: ChannelHandlerContext) {
        self.answer?.cancel()
        self.answer = Self.close(context, in: self.answerTimeout)
    }

    /// The last byte of a response has left; the next one that waits behind it has as long.
    private func wasTaken(_ context: ChannelHandlerContext) {
        self.untaken -= 1
        if self.untaken > 0 { self.awaitTaking(context) } else { self.answer?.cancel() }
    }

    private static func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
