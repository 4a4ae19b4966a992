/// The input of a list without filters: how long a page is, and where it begins.
///
/// A list with filters has the same two fields besides its own, with ``Constraint/pageLength`` and
/// ``Constraint/pageStart``.
public struct PageInput: APIInput {
    /// How many items a page has.
    public let limit: Int
    /// ``Page/next`` of the page before; `nil` for the first one.
    public let after: String?

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let constraints: [String: Constraint] = ["limit": .pageLength, "after": .pageStart]
}

extension Constraint {
    /// What the field `limit` of every list holds: 1 to 200 items a page, 50 unless said.
    public static var pageLength: Constraint { .integer(1...200, default: 50, "How many items a page has.") }
    /// What the field `after` of every list holds.
    public static var pageStart: Constraint { .text(1...1_000, "`next` of the page before.") }
}
