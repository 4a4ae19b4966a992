public import AlmanacStorage
internal import CArgon2
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Hashes passwords with Argon2id on a few threads of its own (RFC 9106; OWASP Password Storage Cheat Sheet).
///
/// A hash takes tens of milliseconds of processor time by design. Running on threads of its own keeps it from starving
/// requests; past ``waitingLimit`` callers it refuses rather than queue without end.
///
/// What is hashed is the password in Normalization Form C (NIST SP 800-63B-4 §3.1.1.2), whole and otherwise as it was
/// sent. Hashes of before that rule were made of the bytes as they came; they go on matching those bytes.
public final class PasswordHasher: Sendable {
    /// How expensive a hash is.
    public struct Cost: Sendable, Equatable {
        /// Memory in KiB.
        public let memory: UInt32
        /// Passes over the memory.
        public let passes: UInt32

        /// 19 MiB and two passes: about 55 ms on a small server.
        public static let recommended = Cost(memory: 19_456, passes: 2)
        /// As little as the algorithm allows: for tests, where many users sign in.
        package static let forTests = Cost(memory: 8, passes: 1)
    }

    /// The version of the Argon2 algorithm, as `1.3`; libargon2 does not tell its own.
    package static var algorithmVersion: String {
        let number = ARGON2_VERSION_NUMBER.rawValue
        return "\(number >> 4).\(number & 15)"
    }

    private static let threads = 2
    static let waitingLimit = 64
    private static let saltLength = 16
    private static let hashLength = 32

    private let cost: Cost
    private let random: any RandomSource
    private let queues: [DispatchQueue]
    private let waiting = Mutex(0)
    private let computed = Atomic<Int>(0)
    /// Verified against when there is no such user or no hash, so that all answers take the same time.
    ///
    /// It is the hash of nothing: computing one would make each start of a program as slow as a sign-in.
    let decoy: String

    /// - Parameters:
    ///   - cost: How expensive a hash is; stored hashes keep the cost they were made with.
    ///   - random: Where salts come from.
    public init(cost: Cost = .recommended, random: any RandomSource = SystemRandom()) {
        self.cost = cost
        self.random = random
        self.queues = (0..<Self.threads).map { DispatchQueue(label: "almanac.password.\($0)") }
        let salt = random.bytes(Self.saltLength)
        self.decoy = Self.text(cost, salt: salt, digest: (salt + salt).prefix(Self.hashLength))
    }

    /// How many hashes have been computed: what signing in costs, for metrics and for tests of timing.
    package var computations: Int { self.computed.load(ordering: .relaxed) }

    /// How many callers wait for a hash or have one computed, at most ``waitingLimit``.
    package var pending: Int { self.waiting.withLock { $0 } }

    /// The hash of a password as a PHC string: algorithm, cost, salt and digest.
    ///
    /// - Throws: ``Refusal`` of kind `tooMany` when too many wait already.
    public func hash(_ password: String) async throws -> String {
        let salt = self.random.bytes(Self.saltLength)
        let cost = self.cost
        let bytes = Self.forms(of: password)[0]
        return try await self.onOwnThread {
            self.computed.add(1, ordering: .relaxed)
            return try Self.encode(bytes, cost, salt)
        }
    }

    /// Whether a password has this hash.
    ///
    /// A wrong password takes the same time whatever the hash is: `nil` stands for a user who does not exist, and a text
    /// that is no hash for one who has no password.
    ///
    /// - Throws: ``Refusal`` of kind `tooMany` when too many wait already.
    public func verify(_ password: String, against hash: String?) async throws -> Bool {
        let forms = Self.forms(of: password)
        return try await self.onOwnThread {
            forms.contains { self.matches($0, hash ?? "") }
        }
    }

    private func matches(_ bytes: [UInt8], _ hash: String) -> Bool {
        let code = argon2id_verify(hash, bytes, bytes.count)
        if code != ARGON2_OK.rawValue, code != ARGON2_VERIFY_MISMATCH.rawValue {
            // Refused without having been computed: this would tell who has no password.
            _ = argon2id_verify(self.decoy, bytes, bytes.count)
            self.computed.add(1, ordering: .relaxed)
            return false
        }
        self.computed.add(1, ordering: .relaxed)
        return code == ARGON2_OK.rawValue
    }

    /// What of a password is hashed: its normalized form first; then its bytes as they came, where those differ.
    private static func forms(of password: String) -> [[UInt8]] {
        let asSent = Array(password.utf8)
        if asSent.allSatisfy({ $0 < 0x80 }) { return [asSent] }
        let normalized = Array(password.precomposedStringWithCanonicalMapping.utf8)
        return normalized == asSent ? [asSent] : [normalized, asSent]
    }

    private func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        let ticket = self.waiting.withLock { waiting -> Int? in
            guard waiting < Self.waitingLimit else { return nil }
            waiting += 1
            return waiting
        }
        guard let ticket else {
            throw Refusal(
                .tooMany, "too_many_sign_ins", "too many people are signing in just now: try again in a few seconds")
        }
        defer { self.waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            self.queues[ticket % Self.threads].async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// A PHC string (github.com/P-H-C/phc-string-format), as ``encode(_:_:_:)`` makes it.
    private static func text(_ cost: Cost, salt: [UInt8], digest: ArraySlice<UInt8>) -> String {
        let cost = "v=\(ARGON2_VERSION_NUMBER.rawValue)$m=\(cost.memory),t=\(cost.passes),p=1"
        let parts = [Data(salt), Data(digest)].map { $0.base64EncodedString().prefix { $0 != "=" } }
        return "$argon2id$\(cost)$\(parts[0])$\(parts[1])"
    }

    private static func encode(_ password: [UInt8], _ cost: Cost, _ salt: [UInt8]) throws -> String {
        let length = argon2_encodedlen(
            cost.passes, cost.memory, 1, UInt32(salt.count), UInt32(Self.hashLength), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            cost.passes, cost.memory, 1, password, password.count, salt, salt.count, Self.hashLength, &encoded, length)
        guard code == ARGON2_OK.rawValue else { throw PasswordHashingFailed(code: code) }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Argon2 could not hash: out of memory, as a rule.
struct PasswordHashingFailed: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "the password could not be hashed: \(String(cString: argon2_error_message(code)))" }
}
