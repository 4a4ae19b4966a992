/// Which statements one connection has prepared, by their text.
///
/// Prepared statements belong to the session, not to the transaction: they stay when it is rolled back.
struct PreparedStatements {
    /// Past this number the connection starts anew; each statement costs the server some ten kilobytes.
    static let limit = 1_000

    private var names: [String: String] = [:]
    private var made = 0

    /// How many there are.
    var count: Int { self.names.count }

    /// The name of a statement, and whether it has yet to be prepared.
    mutating func name(for text: String) -> (name: String, isNew: Bool) {
        if let known = self.names[text] { return (known, false) }
        // A name is never used twice: a preparation that was skipped leaves no doubt behind.
        self.made += 1
        let name = "s\(self.made)"
        self.names[text] = name
        return (name, true)
    }

    /// Takes a statement back whose preparation failed or was skipped.
    mutating func forget(_ text: String) { self.names[text] = nil }

    /// Takes all back.
    mutating func forgetAll() { self.names.removeAll(keepingCapacity: true) }
}
