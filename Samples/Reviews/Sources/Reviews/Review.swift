public import AlmanacKernel
public import AlmanacStorage
public import BookingsAPI

/// What a customer says about a booking.
public struct Review: Sendable, Codable, TableRecord {
    /// Identifies the review.
    public let id: ID<Review>
    /// What is reviewed.
    public let booking: ID<Booking>
    /// From 1 to 5.
    public let stars: Int
    /// What the customer says.
    public let text: String?
    /// When it was written.
    public let createdAt: Instant
    /// Who wrote it.
    let author: ID<Person>
    /// Whom it is about.
    let provider: ID<Person>?

    enum CodingKeys: CodingKey { case id, booking, stars, text, createdAt, author, provider }

    /// One row for each booking that was reviewed.
    public static let table = Table(Namespace("reviews"), "review")
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = [
        "id", "booking_id", "stars", "text", "created_at", "author_id", "provider_id",
    ]

    static let migration = Migration(1, "reviews") {
        CreateTable(Review.table) {
            Column("id", .uuid)
            Column("booking_id", .uuid)
            Column("stars", .integer)
            Column("text", .text, optional: true)
            Column("created_at", .instant)
            Column("author_id", .uuid)
            Column("provider_id", .uuid, optional: true)
            PrimaryKey("id")
            Unique("booking_id")
            Check("stars", "stars BETWEEN 1 AND 5")
        }
        CreateIndex(on: Review.table, "author_id")
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var values: [SQLValue] {
        [
            self.id.sqlValue, self.booking.sqlValue, self.stars.sqlValue, self.text?.sqlValue ?? .null,
            self.createdAt.sqlValue, self.author.sqlValue, self.provider?.sqlValue ?? .null,
        ]
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.booking = try row.next()
        self.stars = try row.next()
        self.text = try row.nextIfPresent()
        self.createdAt = try row.next()
        self.author = try row.next()
        self.provider = try row.nextIfPresent()
    }

    init(
        id: ID<Review>, booking: ID<Booking>, stars: Int, text: String?, createdAt: Instant, author: ID<Person>,
        provider: ID<Person>?
    ) {
        self.id = id
        self.booking = booking
        self.stars = stars
        self.text = text
        self.createdAt = createdAt
        self.author = author
        self.provider = provider
    }
}

/// A review was written.
public struct ReviewWritten: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("reviews.review-written", version: 1)
    /// The review.
    public let review: ID<Review>
    /// What is reviewed.
    public let booking: ID<Booking>
    /// From 1 to 5.
    public let stars: Int
}
