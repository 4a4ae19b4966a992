/// Asks servers at addresses that strangers have given, see ``Kernel/web``.
///
/// Laws: it reaches public addresses only, also behind names and redirects, unless the operator allows others; it takes
/// no more of an answer than is asked for; it ends by itself within two minutes; it blocks no thread of the cooperative
/// pool; it keeps nothing from one request to the next. It is never called inside a transaction.
public protocol WebTransport: Sendable {
    /// Sends a request and follows redirects.
    ///
    /// - Returns: The answer, whatever its status.
    /// - Throws: ``WebFailure``; `CancellationError`.
    func send(_ request: WebRequest) async throws -> WebAnswer
}
