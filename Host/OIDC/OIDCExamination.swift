internal import AlmanacKernel
internal import AlmanacStorage

/// What was found of a provider that can be reached.
public struct OIDCExamination: Sendable, Equatable {
    /// By how many microseconds its clock is ahead of this one at least, below zero when it is behind; zero when they
    /// may agree, `nil` when it does not tell the time.
    public let clockOffset: Int64?
    /// Whether it says that it takes challenges by SHA-256 (PKCE); `nil` when it says nothing of them.
    public let takesChallenges: Bool?
    /// Whether it says that it signs in a way that is accepted here; true when it says nothing.
    public let signsAcceptably: Bool
    /// Whether one of the keys that it publishes can be used.
    public let publishesKeys: Bool

    package init(clockOffset: Int64?, takesChallenges: Bool?, signsAcceptably: Bool, publishesKeys: Bool) {
        self.clockOffset = clockOffset
        self.takesChallenges = takesChallenges
        self.signsAcceptably = signsAcceptably
        self.publishesKeys = publishesKeys
    }

    init(_ description: ProviderDescription, _ keys: ProviderKeys, askedAt: Instant, answeredAt: Instant) {
        self.clockOffset = description.sentAt.map {
            Self.offset(of: $0, askedAt: askedAt, answeredAt: answeredAt)
        }
        self.takesChallenges = description.takesChallenges
        self.signsAcceptably =
            description.signingAlgorithms.map { $0.contains { SignedToken.Algorithm(rawValue: $0) != nil } } ?? true
        self.publishesKeys = keys.holdsUsable
    }

    /// How far a clock that shows whole seconds is out of the span in which it was read.
    static func offset(of theirs: Instant, askedAt: Instant, answeredAt: Instant) -> Int64 {
        let ahead = theirs.microseconds(since: answeredAt)
        if ahead > 0 { return ahead }
        let behind = askedAt.microseconds(since: theirs.adding(seconds: 1))
        return behind > 0 ? -behind : 0
    }
}
