/// Which attributes something must have to be taken.
struct AttributeRule: Sendable, Hashable {
    /// All of these.
    var allOf: [Attribute] = []
    /// At least one of these; none are asked for when there are none.
    var anyOf: [Attribute] = []

    /// Whether these attributes are enough.
    func admits(_ attributes: Set<Attribute>) -> Bool {
        self.allOf.allSatisfy(attributes.contains)
            && (self.anyOf.isEmpty || self.anyOf.contains(where: attributes.contains))
    }
}
