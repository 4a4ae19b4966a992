/// A value that writes itself as JSON, without `Codable` in between.
///
/// For what is written by the thousand, as a list of free slots. A type whose schema is taken from its `Codable` form
/// must write exactly the members that form has: it is one value on the wire, whichever way it gets there.
public protocol JSONStreamable {
    /// Writes exactly one value.
    func write(to writer: inout JSONWriter)
}
