extension String {
    /// Whether both texts are the same bytes.
    ///
    /// `==` on strings is canonical equivalence: it holds K and the Kelvin sign U+212A for the same. Keys and
    /// duplicates are a matter of bytes, as they are for the databases.
    func hasSameBytes(as other: String) -> Bool {
        let left = self.utf8.span
        let right = other.utf8.span
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

/// A text that is compared and hashed by its bytes.
struct ByteKey: Hashable {
    let text: String

    static func == (left: ByteKey, right: ByteKey) -> Bool { left.text.hasSameBytes(as: right.text) }

    func hash(into hasher: inout Hasher) {
        var text = self.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
