internal import AlmanacStorage
internal import Crypto

/// What a caller's program says of itself in every request, by which one browser is told from another of the same user.
///
/// It proves nothing, for whoever has seen it can send the same: it helps people to recognize their own sessions, and
/// tells that a session is continued by another program. Nobody is admitted by it.
public struct ClientFingerprint: Sendable, Equatable {
    private let userAgent: String?
    private let languages: String?
    private let platform: String?
    private let isMobile: String?

    /// Notes what a program says of itself.
    ///
    /// - Parameters:
    ///   - userAgent: `User-Agent`.
    ///   - languages: `Accept-Language`.
    ///   - platform: `Sec-CH-UA-Platform`, from the browsers that send it.
    ///   - isMobile: `Sec-CH-UA-Mobile`, likewise.
    public init(userAgent: String?, languages: String?, platform: String? = nil, isMobile: String? = nil) {
        self.userAgent = userAgent
        self.languages = languages
        self.platform = platform
        self.isMobile = isMobile
    }

    /// The fingerprint as it is stored and shown: 16 hexadecimal digits; `nil` when the program says nothing.
    ///
    /// A digest, so that it says no more than whether two are the same.
    public var text: String? {
        let parts = [self.userAgent, self.languages, self.platform, self.isMobile]
        guard parts.contains(where: { $0 != nil }) else { return nil }
        var digest = SHA256()
        for part in parts {
            // Each part with its length, so that no two sets of parts read alike.
            let bytes = part.map { Array($0.utf8) }
            digest.update(data: Array("\(bytes.map { "\($0.count)" } ?? "-"):".utf8))
            digest.update(data: bytes ?? [])
        }
        return Hexadecimal.encode(digest.finalize().prefix(8))
    }
}
