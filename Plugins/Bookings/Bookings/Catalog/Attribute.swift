internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Something that is true of a provider, a room or a vehicle, by name and value: `gearbox: manual`, `skill: motorcycle`.
///
/// Both are kept folded, so that `Gearbox` and `gearbox` are one name; a name may come with several values.
struct Attribute: Sendable, Hashable, Comparable {
    let name: String
    let value: String

    /// Folds both; `nil` when nothing is left of one of them.
    init?(_ name: String, _ value: String) {
        self.name = FoldKey(name).text
        self.value = FoldKey(value).text
        guard Self.lengths.contains(self.name.unicodeScalars.count),
            Self.lengths.contains(self.value.unicodeScalars.count)
        else { return nil }
    }

    /// How many code points name and value have.
    static let lengths = 1...63

    static func < (lhs: Self, rhs: Self) -> Bool {
        if !lhs.name.utf8.elementsEqual(rhs.name.utf8) {
            return lhs.name.utf8.lexicographicallyPrecedes(rhs.name.utf8)
        }
        return lhs.value.utf8.lexicographicallyPrecedes(rhs.value.utf8)
    }
}

extension Attribute: Record {
    static let columns: Columns = ["name", "value"]

    init(row: inout RowReader) throws {
        self.name = try row.next()
        self.value = try row.next()
    }
}

/// An attribute on the wire.
struct AttributeValue: APIInput, Equatable {
    let name: String
    let value: String

    static let constraints: [String: Constraint] = [
        "name": .text(Attribute.lengths, "Case and surplus spaces do not count."),
        "value": .text(Attribute.lengths, "Case and surplus spaces do not count."),
    ]

    init(_ attribute: Attribute) {
        self.name = attribute.name
        self.value = attribute.value
    }
}

extension Attribute {
    /// Reads a list of attributes, each of which may come once.
    ///
    /// - Parameters:
    ///   - values: As they were sent.
    ///   - pointer: Where the list stands in the input.
    ///   - fields: What is wrong with them is added here.
    /// - Returns: Those that are right, in order.
    static func list(_ values: [AttributeValue], at pointer: String, _ fields: inout [Refusal.Field]) -> [Attribute] {
        var found: [Attribute] = []
        for (index, value) in values.enumerated() {
            guard let attribute = Attribute(value.name, value.value) else {
                fields.append(
                    .init("\(pointer)/\(index)", "attribute", "name and value must hold 1 to 63 visible characters"))
                continue
            }
            if found.contains(attribute) {
                fields.append(.init("\(pointer)/\(index)", "duplicate", "each attribute may come once only"))
            }
            found.append(attribute)
        }
        return found.sorted()
    }
}
