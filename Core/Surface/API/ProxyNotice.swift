internal import Logging
internal import Synchronization

/// Says once that a proxy seems to stand in front without being trusted.
///
/// Then all its callers share one address, and one of them could use up what all of them may do.
final class ProxyNotice: Sendable {
    private let isGiven = Atomic(false)

    /// Looks at a request whose peer is not trusted.
    func look(at request: APIRequest, _ settings: APISettings, _ logger: Logger) {
        guard settings.trustedProxies.isEmpty, request.header("x-forwarded-for") != nil,
            self.isGiven.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        else { return }
        logger.warning(
            "X-Forwarded-For is ignored: if a proxy of yours sends it, name the proxy in server.trustedProxies",
            metadata: ["peer": "\(request.address ?? "unknown")"])
    }
}
