// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import AlmanacKernel

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
