extension JSONWriter {
    /// Writes an object whose members `write` writes.
    @inlinable
    public mutating func object<Failure: Error>(
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.beginObject()
        try write(&self)
        self.endObject()
    }

    /// Writes an array whose items `write` writes.
    @inlinable
    public mutating func array<Failure: Error>(
        _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.beginArray()
        try write(&self)
        self.endArray()
    }

    /// Writes a value that writes itself.
    @inlinable
    public mutating func value(_ value: some JSONStreamable) { value.write(to: &self) }

    /// Writes a member; for its name see ``key(_:)``.
    @inlinable
    public mutating func member(_ name: StaticString, _ value: some JSONStreamable) {
        self.key(name)
        value.write(to: &self)
    }

    /// Writes a member, or nothing when there is no value.
    @inlinable
    public mutating func member(_ name: StaticString, ifPresent value: (some JSONStreamable)?) {
        if let value { self.member(name, value) }
    }
}
