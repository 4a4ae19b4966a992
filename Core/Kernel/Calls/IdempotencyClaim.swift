internal import AlmanacStorage
internal import Crypto

/// The right to carry out a call under a key: one row of the ledger.
struct IdempotencyClaim: Sendable {
    let organization: OrganizationID
    /// Whose key it is.
    let principal: String
    let operation: String
    let key: String
    /// A digest of what is asked.
    let fingerprint: [UInt8]
    /// Whether the answer is kept; otherwise only that there was one.
    let keepsAnswer: Bool

    /// The claim that a call makes; `nil` when it carries no key, or nobody can be told apart as its holder.
    ///
    /// Keys of users are their own. Strangers have no name, and two of them may choose the same key, so that neither
    /// may be shown the other's answer, nor be refused for the other's request. A stranger's keys are therefore
    /// those of one network address (of IPv6 the first 64 bits) *and* of one request: who shares the address and
    /// repeats the very bytes is told what the sender of these bytes was told. A repetition from another network is
    /// carried out again.
    init?(_ call: Call, _ operation: String) {
        guard let idempotency = call.idempotency else { return nil }
        switch call.principal {
        case .anonymous:
            guard let address = call.origin.address else { return nil }
            var digest = SHA256()
            digest.update(data: Array((NetworkAddress(address)?.limitName ?? address).utf8))
            digest.update(data: [0])
            digest.update(data: idempotency.fingerprint)
            self.principal = "anonymous:\(Base64URL.encode(Array(digest.finalize())))"
        default: self.principal = call.principal.name
        }
        self.organization = call.organization
        self.operation = operation
        self.key = idempotency.key
        self.fingerprint = idempotency.fingerprint
        self.keepsAnswer = idempotency.keepsAnswer
    }

    /// What identifies the row; no two rows have the same.
    var identity: [UInt8] {
        var bytes: [UInt8] = []
        for part in ["\(self.organization)", self.principal, self.operation, self.key] {
            bytes += Array("\(part.utf8.count):\(part)".utf8)
        }
        return bytes
    }

    /// The lock of whoever carries the call out.
    var lock: LockKey {
        let digest = Array(SHA256.hash(data: self.identity))
        func word(at place: Int) -> UInt64 { digest[place..<(place + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        return LockKey("idempotency", ID<IdempotencyClaim>(high: word(at: 0), low: word(at: 8)))
    }
}
