public import AlmanacStorage

/// Somebody who is held off now: the next request of theirs that a policy counts is refused.
public struct LimitBlock: Sendable, Equatable {
    /// Names the block: the policy and who is held off.
    public let id: String
    /// The policy, as `login-identifier`.
    public let policy: String
    /// By what callers are told apart.
    public let subject: LimitPolicy.Subject
    /// Who: the id of a user or an API key, an address (`192.0.2.1`, `2001:db8::/64`), or the beginning of the digest of what was
    /// submitted, which nobody can turn back.
    public let who: String
    /// When one more request is allowed, if none comes meanwhile.
    public let until: Instant
    /// The key that is counted.
    let key: LimitKey

    /// Who, as an audit entry may tell, which cannot be changed later: of an address only the network, 256 addresses of
    /// IPv4 (`192.0.2.0/24`) or a site of IPv6 (`2001:db8:1::/48`).
    package var audited: String {
        guard self.subject == .address, let address = NetworkAddress(limitKey: self.key) else { return self.who }
        return address.isIPv4
            ? "\(NetworkAddress(high: address.high, low: address.low & ~0xFF))/24"
            : "\(NetworkAddress(high: address.high & ~0xFFFF, low: 0))/48"
    }

    /// The API key, where it is one.
    var apiKey: ID<APIKey> { ID(high: self.key.high, low: self.key.low) }

    /// The user, where it is one.
    var user: ID<User> { ID(high: self.key.high, low: self.key.low) }

    init(_ policy: LimitPolicy, _ key: LimitKey, until: Instant) {
        self.id = "\(policy.name).\(key.hexadecimal)"
        self.policy = policy.name
        self.subject = policy.subject
        self.who =
            switch policy.subject {
            case .user, .key: "\(ID<User>(high: key.high, low: key.low))"
            case .address: NetworkAddress(limitKey: key)?.limitName ?? "unknown"
            case .identifier: "sha256:" + key.hexadecimal.prefix(16)
            }
        self.until = until
        self.key = key
    }
}

extension LimitKey {
    /// 32 digits.
    var hexadecimal: String {
        [self.high, self.low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    init?(hexadecimal text: Substring) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension NetworkAddress {
    /// The address, or the first of those, that a key stands for; `nil` for callers whose address is not known.
    init?(limitKey key: LimitKey) {
        guard key != LimitKey(nil as NetworkAddress?) else { return nil }
        self.init(high: key.high, low: key.low)
    }
}
