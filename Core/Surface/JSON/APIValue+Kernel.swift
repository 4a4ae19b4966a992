// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import AlmanacKernel
internal import AlmanacStorage

extension Money: APIValue {
    public static var schema: Schema {
        .object([
            Schema.Field(
                "amount", .annotated(.integer(format: "int64"), description: "In minor units of the currency.")),
            Schema.Field("currency", .annotated(.string(pattern: "^[A-Z]{3}$"), description: "ISO 4217.")),
        ])
    }
    public static var example: Money { KnownValue.of { try Money(amount: 4_500, currency: "EUR") } }
}
extension LocalizedText: APIValue {
    public static var schema: Schema {
        .annotated(
            .either([.string(minLength: 1), .map(of: .string(minLength: 1))]),
            description: "Text in the default language, or an object from BCP 47 tag to text.")
    }
    public static var example: LocalizedText { KnownValue.of { try LocalizedText("Example", language: "en") } }
}
extension Zone: APIValue {
    public static var schema: Schema {
        .annotated(.string(maxLength: 64), description: "A time zone of the IANA database, as Europe/Berlin.")
    }
    public static var example: Zone { .utc }
}
extension LocalDateTime: APIValue {
    public static var schema: Schema {
        .annotated(
            .string(pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"),
            description: "What calendar and clock on the wall show, without a zone, as 2026-03-01T10:00:00.")
    }
    public static var example: LocalDateTime { LocalDateTime(LocalDate(daysSinceEpoch: 0), .startOfDay) }
}
extension RecurrenceRule: APIValue {
    public static var schema: Schema {
        .annotated(
            .string(minLength: 1, maxLength: Self.longestText),
            description: "A recurrence rule of RFC 5545 without `RRULE:`, as FREQ=WEEKLY;COUNT=10;BYDAY=MO.")
    }
    public static var example: RecurrenceRule { KnownValue.of { try RecurrenceRule(rule: "FREQ=WEEKLY;COUNT=10") } }
}
extension EmailAddress: APIValue {
    public static var schema: Schema { .string(format: "email", maxLength: 254) }
    public static var example: EmailAddress { KnownValue.of { try EmailAddress("anna@example.org") } }
}

/// Values written down here, which their types are known to accept.
private enum KnownValue {
    static func of<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("the example of \(Value.self) is not valid: \(error)") }
    }
}
