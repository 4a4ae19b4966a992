internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Ends connections whose other end is too slow: to say what it wants, or to take what it is told.
///
/// Hummingbird's idle timer counts parts of requests and stands still while a response is under way, so that somebody
/// who never reads would hold a connection, its buffers and a task for ever. The head of the first request has to be
/// there, whole, some time after the connection was accepted, however many of its bytes have dripped in by then; and
/// a response has to be taken some time after it was begun. Of a response whose length nobody knows beforehand, which may
/// go on for hours, each part has to be taken some time after the one before.
final class DeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let headTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private var head: Scheduled<Void>?
    private var answer: Scheduled<Void>?
    /// Responses, or parts of one that goes on, that have been begun and were not wholly taken yet.
    private var untaken = 0
    /// Whether the response that is being written goes on for as long as it does.
    private var goesOn = false

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
            self.goesOn = head.headerFields[.contentLength] == nil
            self.begin(context)
            if self.goesOn {
                self.write(data, noticing: promise, context)
            } else {
                context.write(data, promise: promise)
            }
        case .body where self.goesOn:
            self.begin(context)
            self.write(data, noticing: promise, context)
        case .end:
            if self.goesOn { self.begin(context) }
            self.write(data, noticing: promise, context)
        default:
            context.write(data, promise: promise)
        }
    }

    private func begin(_ context: ChannelHandlerContext) {
        self.untaken += 1
        if self.untaken == 1 { self.awaitTaking(context) }
    }

    private func write(_ data: NIOAny, noticing promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        let taken = promise ?? context.eventLoop.makePromise()
        taken.futureResult.assumeIsolated().whenSuccess { self.wasTaken(context) }
        context.write(data, promise: taken)
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        guard self.head == nil else { return }
        self.head = context.eventLoop.assumeIsolated().scheduleTask(in: self.headTimeout) {
            context.close(promise: nil)
        }
    }

    private func awaitTaking(_ context: ChannelHandlerContext) {
        self.answer?.cancel()
        self.answer = context.eventLoop.assumeIsolated().scheduleTask(in: self.answerTimeout) { Self.abort(context) }
    }

    /// The last byte of a response or part has left; the next one that waits behind it has as long.
    private func wasTaken(_ context: ChannelHandlerContext) {
        self.untaken -= 1
        if self.untaken > 0 { self.awaitTaking(context) } else { self.answer?.cancel() }
    }

    /// Ends a connection with everything that is still on its way.
    ///
    /// Closing alone would leave the rest of the answer with the operating system, which would go on offering it to
    /// somebody who does not take it. So the connection is reset (`SO_LINGER` with no time).
    private static func abort(_ context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else {
            context.close(promise: nil)
            return
        }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}
