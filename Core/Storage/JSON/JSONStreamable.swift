/// A value that writes itself as JSON, without `Codable` in between.
///
/// For what is written by the thousand, as a list of free slots. A type whose schema is taken from its `Codable` form
/// must write exactly the members that form has: it is one value on the wire, whichever way it gets there.
public protocol JSONStreamable {
    /// Writes exactly one value.
    func write(to writer: inout JSONWriter)
}

extension SQLValue {
    /// A value as JSON text, for a column that holds JSON.
    ///
    /// U+0000 in it is not looked for: it is for values whose text has been checked.
    public static func json(_ value: some JSONStreamable) -> SQLValue {
        var writer = JSONWriter()
        value.write(to: &writer)
        return .text(writer.text)
    }
}
