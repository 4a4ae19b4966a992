public import AlmanacStorage

/// Something to be said to a person, before it is put into words: the code of a catalog entry and what fills its gaps.
///
/// Problems, mails and console notices carry messages; the words depend on the reader's language, zone and vocabulary
/// and are chosen last. JSON holds `{"code": "slot_taken", "parameters": {"start": {"instant": "…"}}}`.
public struct Message: Sendable, Hashable, Codable {
    /// What fills one gap; the type tells how to format it.
    public enum Parameter: Sendable, Hashable, Codable {
        /// A text as it is.
        case text(String)
        /// A whole number, which may choose a plural form.
        case integer(Int)
        /// A point in time, shown in the reader's zone.
        case instant(Instant)
        /// A date.
        case date(LocalDate)
        /// A time on the clock.
        case time(LocalTime)
        /// An amount.
        case money(Money)
        /// A text with a version for the reader.
        case localized(LocalizedText)
    }

    /// The stable name of the catalog entry, in snake_case: `slot_taken`.
    public let code: String

    /// What fills the gaps, by name.
    public let parameters: [String: Parameter]

    /// A message.
    ///
    /// - Parameters:
    ///   - code: The catalog entry.
    ///   - parameters: What fills its gaps.
    public init(_ code: String, _ parameters: [String: Parameter] = [:]) {
        self.code = code
        self.parameters = parameters
    }
}

extension Message.Parameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A text written in the source.
    public init(stringLiteral value: String) { self = .text(value) }

    /// A number written in the source.
    public init(integerLiteral value: Int) { self = .integer(value) }
}

extension Message.Parameter {
    private enum Kind: String, CodingKey {
        case text
        case integer
        case instant
        case date
        case time
        case money
        case localized
    }

    /// Reads an object of one member, named after the case.
    ///
    /// - Throws: `DecodingError` when it has none, several or an unknown one.
    public init(from decoder: any Decoder) throws {
        let names = try decoder.container(keyedBy: AnyCodingKey.self).allKeys
        guard names.count == 1, let kind = names.first.flatMap({ Kind(stringValue: $0.stringValue) }) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected one member that names the type"))
        }
        let container = try decoder.container(keyedBy: Kind.self)
        self =
            switch kind {
            case .text: .text(try container.decode(String.self, forKey: kind))
            case .integer: .integer(try container.decode(Int.self, forKey: kind))
            case .instant: .instant(try container.decode(Instant.self, forKey: kind))
            case .date: .date(try container.decode(LocalDate.self, forKey: kind))
            case .time: .time(try container.decode(LocalTime.self, forKey: kind))
            case .money: .money(try container.decode(Money.self, forKey: kind))
            case .localized: .localized(try container.decode(LocalizedText.self, forKey: kind))
            }
    }

    /// Writes an object of one member, named after the case.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .text(let value): try container.encode(value, forKey: .text)
        case .integer(let value): try container.encode(value, forKey: .integer)
        case .instant(let value): try container.encode(value, forKey: .instant)
        case .date(let value): try container.encode(value, forKey: .date)
        case .time(let value): try container.encode(value, forKey: .time)
        case .money(let value): try container.encode(value, forKey: .money)
        case .localized(let value): try container.encode(value, forKey: .localized)
        }
    }
}
