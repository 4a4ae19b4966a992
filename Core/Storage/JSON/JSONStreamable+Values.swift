// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

extension String: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.string(self) }
}
extension Bool: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.bool(self) }
}
extension Int: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.integer(self) }
}
extension Int64: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.integer(self) }
}
extension Instant: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.instant(self) }
}
extension LocalDate: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.string(self.description) }
}
extension LocalTime: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.string(self.description) }
}
extension ID: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.id(self) }
}
extension JSON: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) { writer.json(self) }
}
extension Array: JSONStreamable where Element: JSONStreamable {
    @inlinable
    public func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for element in self { element.write(to: &writer) }
        writer.endArray()
    }
}
