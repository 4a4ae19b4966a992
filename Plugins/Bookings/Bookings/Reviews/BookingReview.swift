internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What a customer says about a booking that took place.
struct BookingReview: Sendable {
    let id: ID<BookingReview>
    let booking: ID<Booking>
    let provider: ID<Provider>
    /// From 1 to 5.
    let rating: Int
    let text: String?
    let reply: String?
    let repliedAt: Instant?
    let hiddenReason: String?
    let hiddenAt: Instant?
    let version: Int
    let createdAt: Instant
    let changedAt: Instant?

    /// The ratings there are.
    static let ratings = 1...5
}

extension BookingReview: Record {
    static let columns: Columns = [
        "id", "booking_id", "provider_id", "rating", "text", "reply", "replied_at", "hidden_reason", "hidden_at",
        "version", "created_at", "changed_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.booking = try row.next()
        self.provider = try row.next()
        self.rating = try row.next()
        self.text = try row.nextIfPresent()
        self.reply = try row.nextIfPresent()
        self.repliedAt = try row.nextIfPresent()
        self.hiddenReason = try row.nextIfPresent()
        self.hiddenAt = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
        self.changedAt = try row.nextIfPresent()
    }

    /// The review of a booking.
    static func of(_ booking: ID<Booking>, in tx: ReadTransaction) throws -> BookingReview? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(ReviewSchema.review)
            WHERE organization_id = \(organization) AND booking_id = \(booking)
            """, as: BookingReview.self)
    }
}

/// A review as everybody sees it: without a word about who wrote it.
struct PublicReviewView: Codable, Sendable {
    let id: ID<BookingReview>
    let rating: Int
    let text: String?
    let reply: String?
    let createdAt: Instant

    init(_ review: BookingReview) {
        self.id = review.id
        self.rating = review.rating
        self.text = review.text
        self.reply = review.reply
        self.createdAt = review.createdAt
    }
}

/// A review as those see it who see its booking.
struct BookingReviewView: Codable, Sendable, Versioned {
    /// What the caller may do with it.
    enum Action: String, Sendable, CaseIterable, Codable, APIValue {
        case change, reply, hide, show
    }

    let id: ID<BookingReview>
    let booking: ID<Booking>
    let provider: ID<Provider>
    let rating: Int
    let text: String?
    let reply: String?
    let repliedAt: Instant?
    /// Why it is not shown to everybody; absent where it is.
    let hiddenReason: String?
    let createdAt: Instant
    let changedAt: Instant?
    let version: Int
    let allowed: [Action]

    init(_ review: BookingReview, allowed: [Action]) {
        self.id = review.id
        self.booking = review.booking
        self.provider = review.provider
        self.rating = review.rating
        self.text = review.text
        self.reply = review.reply
        self.repliedAt = review.repliedAt
        self.hiddenReason = review.hiddenReason
        self.createdAt = review.createdAt
        self.changedAt = review.changedAt
        self.version = review.version
        self.allowed = allowed
    }
}

/// What customers think of a provider.
struct ProviderRating: Codable, Sendable {
    /// How many reviews everybody sees.
    let count: Int
    /// Their average, to two decimals; absent while there are none.
    let average: Double?
    /// How many there are of 1, 2, 3, 4 and 5.
    let counts: [Int]
}

/// The input of `POST /bookings/{id}/review`.
struct WriteReview: APIInput {
    let id: ID<Booking>
    let rating: Int
    let text: String?

    static let constraints: [String: Constraint] = [
        "rating": .integer(BookingReview.ratings, "5 is best."), "text": .text(0...4_000, "For everybody to read."),
    ]
}

/// The input of `PUT /bookings/{id}/review`.
struct ChangeReview: APIInput {
    let id: ID<Booking>
    let rating: Int
    let text: String?

    static let constraints = WriteReview.constraints
}

/// The input of `PUT /bookings/{id}/review/reply`.
struct ReplyToReview: APIInput {
    let id: ID<Booking>
    let text: String?

    static let constraints: [String: Constraint] = [
        "text": .text(0...4_000, "For everybody to read; nothing takes the reply back.")
    ]
}

/// The input of `POST /bookings/{id}/review/hide`.
struct HideReview: APIInput {
    let id: ID<Booking>
    let reason: String

    static let constraints: [String: Constraint] = ["reason": .text(1...1_000, "For those who see the booking.")]
}

/// The input of `GET /providers/{id}/reviews`.
struct ListReviews: APIInput {
    let id: ID<Provider>
    let limit: Int
    let after: String?

    static let constraints: [String: Constraint] = ["limit": .pageLength, "after": .pageStart]
}
