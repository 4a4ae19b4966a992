// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import AlmanacStorage

extension String: APIValue {
    public static var schema: Schema { .string() }
    public static var example: String { "" }
}
extension Bool: APIValue {
    public static var schema: Schema { .boolean }
    public static var example: Bool { false }
}
extension Int: APIValue {
    public static var schema: Schema { .integer(format: "int64") }
    public static var example: Int { 0 }
}
extension Int64: APIValue {
    public static var schema: Schema { .integer(format: "int64") }
    public static var example: Int64 { 0 }
}
extension Int32: APIValue {
    public static var schema: Schema { .integer(format: "int32") }
    public static var example: Int32 { 0 }
}
extension Double: APIValue {
    public static var schema: Schema { .number() }
    public static var example: Double { 0 }
}
extension JSON: APIValue {
    public static var schema: Schema { .any }
    public static var example: JSON { .null }
}
extension Instant: APIValue {
    public static var schema: Schema { .string(format: "date-time") }
    public static var example: Instant { Instant(microseconds: 0) }
}
extension LocalDate: APIValue {
    public static var schema: Schema { .string(format: "date") }
    public static var example: LocalDate { LocalDate(daysSinceEpoch: 0) }
}
extension LocalTime: APIValue {
    public static var schema: Schema { .string(pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$") }
    public static var example: LocalTime { .startOfDay }
}
extension Weekday: APIValue {}
extension ID: APIValue {
    public static var schema: Schema { .string(format: "uuid") }
    public static var example: ID<Entity> { ID(high: 0, low: 0) }
}
