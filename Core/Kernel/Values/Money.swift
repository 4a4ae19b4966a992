public import AlmanacStorage

/// An amount of money in the minor unit of its currency: 4500 of `EUR` are 45 euros.
///
/// Integers only, so that no cent is lost, and checked arithmetic: a sum that does not fit or mixes currencies is an
/// error, never a wrong amount. JSON holds `{"amount": 4500, "currency": "EUR"}` and nothing else beside.
public struct Money: Sendable, Hashable {
    /// In minor units; negative for what is owed the other way.
    public let amount: Int

    /// The ISO 4217 code, three capital letters.
    public let currency: String

    /// An amount in a currency.
    ///
    /// - Parameters:
    ///   - amount: In minor units.
    ///   - currency: An ISO 4217 code.
    /// - Throws: ``MoneyError`` with code `unknownCurrency`.
    public init(amount: Int, currency: String) throws(MoneyError) {
        guard Currency.minorUnitDigits(of: currency) != nil else { throw .unknownCurrency(currency) }
        self.amount = amount
        self.currency = currency
    }

    private init(_ amount: Int, like other: Self) {
        self.amount = amount
        self.currency = other.currency
    }

    /// How many decimal digits the minor unit has: 2 for `EUR`, 0 for `JPY`, 3 for `KWD`.
    public var minorUnitDigits: Int { Currency.minorUnitDigits(of: self.currency) ?? 0 }

    /// Both amounts together.
    ///
    /// - Throws: ``MoneyError`` with code `currencyMismatch` or `overflow`.
    public func adding(_ other: Self) throws(MoneyError) -> Self {
        try self.combined(with: other, self.amount.addingReportingOverflow(other.amount))
    }

    /// This amount less another.
    ///
    /// - Throws: ``MoneyError`` with code `currencyMismatch` or `overflow`.
    public func subtracting(_ other: Self) throws(MoneyError) -> Self {
        try self.combined(with: other, self.amount.subtractingReportingOverflow(other.amount))
    }

    /// The amount so many times.
    ///
    /// - Throws: ``MoneyError`` with code `overflow`.
    public func multiplied(by count: Int) throws(MoneyError) -> Self {
        try self.combined(with: self, self.amount.multipliedReportingOverflow(by: count))
    }

    private func combined(with other: Self, _ result: (Int, overflow: Bool)) throws(MoneyError) -> Self {
        // Codes are ASCII, so that == compares bytes.
        guard self.currency == other.currency else { throw .currencyMismatch(self.currency, other.currency) }
        guard !result.overflow else { throw .overflow(self.currency) }
        return Self(result.0, like: self)
    }
}

extension Money: CustomStringConvertible {
    /// The amount for logs, as `-0.05 EUR`; what people read follows their language.
    public var description: String {
        let digits = self.minorUnitDigits
        var text = String(self.amount.magnitude)
        if digits > 0 {
            text = String(repeating: "0", count: max(0, digits + 1 - text.utf8.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
        }
        return "\(self.amount < 0 ? "-" : "")\(text) \(self.currency)"
    }
}

extension Money: Codable {
    /// Reads an object of exactly `amount` and `currency`.
    ///
    /// - Throws: `DecodingError` when a member is missing, is wrong or is not one of the two.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyCodingKey.self)
        if let foreign = container.allKeys.first(where: { $0 != Self.amountKey && $0 != Self.currencyKey }) {
            throw DecodingError.dataCorruptedError(
                forKey: foreign, in: container, debugDescription: "money has only amount and currency")
        }
        let amount = try container.decode(Int.self, forKey: Self.amountKey)
        let currency = try container.decode(String.self, forKey: Self.currencyKey)
        do {
            try self.init(amount: amount, currency: currency)
        } catch {
            throw DecodingError.dataCorruptedError(
                forKey: Self.currencyKey, in: container, debugDescription: error.description)
        }
    }

    /// Writes an object of `amount` and `currency`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyCodingKey.self)
        try container.encode(self.amount, forKey: Self.amountKey)
        try container.encode(self.currency, forKey: Self.currencyKey)
    }

    private static let amountKey = AnyCodingKey("amount")
    private static let currencyKey = AnyCodingKey("currency")
}

extension Money: JSONStreamable {
    /// Writes an object of `amount` and `currency`.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("amount", self.amount)
            writer.member("currency", self.currency)
        }
    }
}
