/// An amount of money that cannot be.
public struct MoneyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, for programs.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case currencyMismatch
            case overflow
            case unknownCurrency
        }

        private let base: Base

        /// The name of the code, as `overflow`.
        public var description: String { self.base.rawValue }

        /// Amounts of two currencies were to be combined.
        public static let currencyMismatch = Self(base: .currencyMismatch)
        /// The result does not fit 64 bits.
        public static let overflow = Self(base: .overflow)
        /// ISO 4217 has no such code.
        public static let unknownCurrency = Self(base: .unknownCurrency)
    }

    /// What went wrong, for programs.
    public let code: Code

    /// What happened, for people.
    public let description: String

    static func currencyMismatch(_ first: String, _ second: String) -> Self {
        Self(code: .currencyMismatch, description: "cannot combine \(first) with \(second); convert one of them first")
    }

    static func overflow(_ currency: String) -> Self {
        Self(code: .overflow, description: "the amount in \(currency) is too large")
    }

    static func unknownCurrency(_ code: String) -> Self {
        Self(
            code: .unknownCurrency,
            description: "\"\(String(code.unicodeScalars.prefix(16)))\" is no currency; use an ISO 4217 code, as EUR")
    }
}
