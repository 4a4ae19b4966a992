internal import AlmanacStorage
internal import Crypto

/// Codes that an authenticator app shows: TOTP (RFC 6238) over HOTP (RFC 4226).
struct OneTimeCode: Sendable {
    /// The hash under the code; authenticator apps agree on SHA-1 only, whose weakness does not reach HMAC.
    enum Algorithm: Sendable {
        case sha1, sha256, sha512
    }

    /// Seconds for which a code is shown.
    static let period: Int64 = 30
    /// How many digits a code has.
    static let digits = 6
    /// How many bytes a secret has (RFC 4226 §4: 160 bits).
    static let secretLength = 20

    private let secret: SymmetricKey
    private let algorithm: Algorithm

    init(secret: [UInt8], algorithm: Algorithm = .sha1) {
        self.secret = SymmetricKey(data: secret)
        self.algorithm = algorithm
    }

    /// Which code is shown at an instant: periods since the epoch.
    static func step(at now: Instant) -> Int64 { now.seconds / self.period }

    /// The code of a step.
    func code(at step: Int64, digits: Int = Self.digits) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let mac: [UInt8] =
            switch self.algorithm {
            case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: self.secret))
            case .sha256: Array(HMAC<SHA256>.authenticationCode(for: counter, using: self.secret))
            case .sha512: Array(HMAC<SHA512>.authenticationCode(for: counter, using: self.secret))
            }
        // RFC 4226 §5.3: 31 bits from the place that the last four bits name.
        let offset = Int(mac[mac.count - 1] & 0x0F)
        let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let text = String(word % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The step whose code this is: that of now, or of the one before or after, for clocks that differ a little.
    ///
    /// All of them are looked at, in the same time whichever it is.
    func step(of code: String, at now: Instant) -> Int64? {
        let given = Array(code.utf8)
        let current = Self.step(at: now)
        var found: Int64?
        for step in [current - 1, current, current + 1] {
            let expected = Array(self.code(at: step).utf8)
            guard expected.count == given.count else { continue }
            if zip(expected, given).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 { found = step }
        }
        return found
    }

    /// The digits of what a user typed, where that is a code of this kind; people type `123 456`.
    static func digits(in text: String) -> String? {
        let digits = text.utf8.filter { $0 != 0x20 }
        guard digits.count == Self.digits, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }
}
