/// A generic type of whose parameter something must be known.
///
/// One question instead of one for each of them: that a type does not conform to a protocol is found out by looking
/// through every conformance of the process.
protocol GenericType {}

extension Array: GenericType {}
extension Set: GenericType {}
extension Dictionary: GenericType {}
extension Optional: GenericType {}
extension Patch: GenericType {}

/// What decoder and recorder need to know of a generic type of the standard library without its parameter.
protocol ListType {
    static var elementType: any Decodable.Type { get }
    /// Whether equal elements come once only.
    static var isUnique: Bool { get }
    static var emptyList: Self { get }
    var listCount: Int { get }
}

extension Array: ListType where Element: Decodable {
    static var elementType: any Decodable.Type { Element.self }
    static var isUnique: Bool { false }
    static var emptyList: [Element] { [] }
    var listCount: Int { self.count }
}

extension Set: ListType where Element: Decodable {
    static var elementType: any Decodable.Type { Element.self }
    static var isUnique: Bool { true }
    static var emptyList: Set<Element> { [] }
    var listCount: Int { self.count }
}

/// A dictionary from text.
protocol MapType {
    static var valueType: any Decodable.Type { get }
    static var emptyMap: Self { get }
}

extension Dictionary: MapType where Key == String, Value: Decodable {
    static var valueType: any Decodable.Type { Value.self }
    static var emptyMap: [String: Value] { [:] }
}

/// An optional.
protocol OptionalType {
    static var wrappedType: any Decodable.Type { get }
    static var absentValue: Self { get }
}

extension Optional: OptionalType where Wrapped: Decodable {
    static var wrappedType: any Decodable.Type { Wrapped.self }
    static var absentValue: Wrapped? { nil }
}
