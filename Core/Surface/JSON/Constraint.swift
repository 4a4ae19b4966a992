public import AlmanacStorage

/// What one field of an ``APIInput`` may hold beyond its type; checked by the decoder, shown in the schema.
public struct Constraint: Sendable, Equatable {
    /// How many Unicode code points a text may have, or each text of an array.
    public let length: ClosedRange<Int>?
    /// What an integer or a number may be, or each integer of an array.
    public let range: ClosedRange<Int64>?
    /// How many items an array may have.
    public let items: ClosedRange<Int>?
    /// What stands for the field when it is absent; the property then need not be optional.
    public let defaultValue: JSON?
    /// What the field means, for readers of the schema.
    public let description: String?

    /// Text of so many Unicode code points, where 0…2,000 holds unless stated; of a text in several languages each.
    public static func text(
        _ length: ClosedRange<Int>, default defaultValue: String? = nil, _ description: String? = nil
    ) -> Self {
        Self(
            length: length, range: nil, items: nil, defaultValue: defaultValue.map(JSON.string),
            description: description)
    }

    /// An integer in this range; of money its amount.
    public static func integer(
        _ range: ClosedRange<Int>, default defaultValue: Int? = nil, _ description: String? = nil
    ) -> Self {
        Self(
            length: nil, range: Int64(range.lowerBound)...Int64(range.upperBound), items: nil,
            defaultValue: defaultValue.map { .number(JSONNumber($0)) }, description: description)
    }

    /// A number, which need not be whole, in this range.
    public static func number(_ range: ClosedRange<Int>, _ description: String? = nil) -> Self {
        .integer(range, description)
    }

    /// An array or set of so many items, where 0…1,000 holds unless stated.
    ///
    /// When the items are text, `length` is how many code points each has; when they are integers, `range` is what each
    /// may be.
    public static func items(
        _ items: ClosedRange<Int>, length: ClosedRange<Int>? = nil, range: ClosedRange<Int>? = nil,
        default defaultValue: [JSON]? = nil, _ description: String? = nil
    ) -> Self {
        Self(
            length: length, range: range.map { Int64($0.lowerBound)...Int64($0.upperBound) }, items: items,
            defaultValue: defaultValue.map(JSON.array), description: description)
    }

    /// A field of any kind that only states its default or its meaning.
    public static func field(default defaultValue: JSON? = nil, _ description: String? = nil) -> Self {
        Self(length: nil, range: nil, items: nil, defaultValue: defaultValue, description: description)
    }

    /// What holds for each text and each integer inside a value that is a leaf of the API, as money is.
    var forMembers: Constraint? {
        guard self.items == nil, self.length != nil || self.range != nil else { return nil }
        return Constraint(length: self.length, range: self.range, items: nil, defaultValue: nil, description: nil)
    }

    /// What holds for each item of an array under this constraint.
    var forItems: Constraint? {
        guard self.items != nil, self.length != nil || self.range != nil else { return nil }
        return Constraint(length: self.length, range: self.range, items: nil, defaultValue: nil, description: nil)
    }
}
