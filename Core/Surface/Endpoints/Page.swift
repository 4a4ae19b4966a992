public import AlmanacStorage

/// One page of a list: `{"items": […], "next": cursor | null}`.
public struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// What is on the page, in the order of the list.
    public let items: [Item]
    /// Where the next page begins, to be sent back as `after`; `nil` when this is the last one.
    public let next: String?

    /// Makes a page.
    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// Makes a page of at most `limit` items out of what was found, which holds one more when there is a next page.
    ///
    /// - Parameters:
    ///   - found: What was found, one item beyond `limit` included.
    ///   - limit: How many items a page has, at least 1.
    ///   - cursor: Where the next page begins, given the last item of this one.
    public init(_ found: [Item], limit: Int, cursor: (Item) -> Cursor) {
        let items = found.count > limit ? Array(found.prefix(limit)) : found
        self.init(items: items, next: found.count > limit ? items.last.map { cursor($0).text } : nil)
    }

    private enum CodingKeys: String, CodingKey {
        case items
        case next
    }

    /// Reads a page; `next` has to be there, if only as null, and the schema says so too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.items = try container.decode([Item].self, forKey: .items)
        self.next = try container.decode(String?.self, forKey: .next)
    }

    /// Writes `next` also when there is none, so that clients need not tell absent from null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.items, forKey: .items)
        if let next = self.next {
            try container.encode(next, forKey: .next)
        } else {
            try container.encodeNil(forKey: .next)
        }
    }
}

extension Page: Equatable where Item: Equatable {}
