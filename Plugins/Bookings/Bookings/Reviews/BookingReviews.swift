internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Takes and shows what customers say about bookings that took place; each in the caller's transaction.
///
/// Numbers about a provider are counted whenever somebody asks: there is nothing beside the reviews that could disagree
/// with them.
struct BookingReviews: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let bookings: BookingReader
    let catalogs: CatalogStore

    // MARK: Writing

    /// Writes the review of a booking; there is one, and the unique index sees to that.
    func write(_ input: WriteReview, _ call: Call, in tx: Transaction) throws -> BookingReviewView {
        let row = try self.bookings.locked(input.id, in: tx)
        try self.requireReviewer(of: row, call, in: tx)
        let id: ID<BookingReview> = tx.id()
        let written = try tx.execute(
            """
            INSERT INTO \(ReviewSchema.review) (organization_id, id, booking_id, provider_id, rating, text, version,
                created_at, created_by)
            VALUES (\(call.organization), \(id), \(row.id), \(row.provider), \(input.rating),
                \(Self.said(input.text)), \(1), \(tx.now), \(call.principal.name))
            ON CONFLICT DO NOTHING
            """)
        guard written == 1 else {
            throw Refusal(.conflict, "already_reviewed", "this booking has a review: change that one")
        }
        try self.note("written", row, ["rating": .number(JSONNumber(input.rating))], in: tx)
        try tx.emit(
            BookingReviewed(
                booking: row.id, provider: row.provider, customer: row.customer, rating: input.rating, isNew: true))
        return try self.view(of: row, call, in: tx.reading)
    }

    /// Changes a review for as long as the organization lets customers think again.
    func change(_ input: ChangeReview, _ call: Call, in tx: Transaction) throws -> BookingReviewView {
        let (row, review) = try self.locked(input.id, in: tx)
        try self.requireReviewer(of: row, call, in: tx)
        try call.match(version: review.version)
        guard try tx.now < self.end(of: review, in: tx.reading) else {
            throw Refusal(.conflict, "review_closed", "this review was written too long ago to be changed")
        }
        try tx.post(
            """
            UPDATE \(ReviewSchema.review)
            SET rating = \(input.rating), text = \(Self.said(input.text)), changed_at = \(tx.now),
                version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(review.id)
            """)
        var changes = AuditChanges()
        try changes.compare("rating", review.rating, input.rating)
        try changes.compare("text", review.text, Self.said(input.text), as: .personal)
        try self.note("changed", row, in: tx, changes)
        try tx.emit(
            BookingReviewed(
                booking: row.id, provider: row.provider, customer: row.customer, rating: input.rating, isNew: false))
        return try self.view(of: row, call, in: tx.reading)
    }

    /// Says something to a review, for everybody to read.
    func reply(_ input: ReplyToReview, _ call: Call, in tx: Transaction) throws -> BookingReviewView {
        let (row, review) = try self.locked(input.id, in: tx)
        try tx.require(.replyToBookingReview, on: Ownership(assignees: row.ownership.assignees))
        try call.match(version: review.version)
        let text = Self.said(input.text)
        try tx.post(
            """
            UPDATE \(ReviewSchema.review)
            SET reply = \(text), replied_at = \(text.map { _ in tx.now }), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(review.id)
            """)
        try self.note("replied", row, in: tx)
        return try self.view(of: row, call, in: tx.reading)
    }

    /// Keeps a review from everybody but those who see its booking, or shows it again when there is no reason any more.
    func hide(_ id: ID<Booking>, because reason: String?, _ call: Call, in tx: Transaction) throws -> BookingReviewView
    {
        let (row, review) = try self.locked(id, in: tx)
        try tx.require(.moderateBookingReviews, on: row.ownership)
        try call.match(version: review.version)
        try tx.post(
            """
            UPDATE \(ReviewSchema.review)
            SET hidden_reason = \(reason), hidden_at = \(reason.map { _ in tx.now }), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(review.id)
            """)
        var detail: JSONObject = [:]
        if let reason { detail["reason"] = .string(reason) }
        try self.note(reason == nil ? "shown" : "hidden", row, detail, in: tx)
        return try self.view(of: row, call, in: tx.reading)
    }

    /// Refuses whoever did not take the booking, and what has not taken place.
    private func requireReviewer(of row: BookingRow, _ call: Call, in tx: Transaction) throws {
        let rule = ActionRule.review
        try tx.require(rule.permission, on: row.ownership(for: rule))
        guard rule.obstacle(in: row, at: tx.now) == nil else {
            throw Refusal(
                .conflict, "booking_not_completed", "only what has taken place can be reviewed: wait until it has")
        }
    }

    private func locked(_ id: ID<Booking>, in tx: Transaction) throws -> (BookingRow, BookingReview) {
        let row = try self.bookings.locked(id, in: tx)
        guard let review = try BookingReview.of(row.id, in: tx.reading) else { throw Refusal.notFound("review") }
        return (row, review)
    }

    private func note(
        _ action: String, _ row: BookingRow, _ detail: JSONObject = [:], in tx: Transaction,
        _ changes: AuditChanges? = nil
    ) throws {
        try tx.audit("bookings.review.\(action)", object: row.object, changes: changes, detail: .object(detail))
    }

    /// What was said; `nil` when that is nothing but white space.
    private static func said(_ text: String?) -> String? {
        text.flatMap { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? nil : $0 }
    }

    private func end(of review: BookingReview, in tx: ReadTransaction) throws -> Instant {
        review.createdAt.adding(minutes: Int64(try self.defaults(in: tx).reviewEditDays) * 1_440)
    }

    // MARK: Showing

    /// The review of a booking that the caller may see.
    func read(_ input: BookingByID, _ call: Call, in tx: ReadTransaction) throws -> BookingReviewView {
        try self.view(of: try self.bookings.visible(input.id, in: tx), call, in: tx)
    }

    private func view(of row: BookingRow, _ call: Call, in tx: ReadTransaction) throws -> BookingReviewView {
        guard let review = try BookingReview.of(row.id, in: tx) else { throw Refusal.notFound("review") }
        var allowed: [BookingReviewView.Action] = []
        let rule = ActionRule.review
        if tx.allows(rule.permission, on: row.ownership(for: rule)), try tx.now < self.end(of: review, in: tx) {
            allowed.append(.change)
        }
        if tx.allows(.replyToBookingReview, on: Ownership(assignees: row.ownership.assignees)) {
            allowed.append(.reply)
        }
        if tx.allows(.moderateBookingReviews, on: row.ownership) {
            allowed.append(review.hiddenAt == nil ? .hide : .show)
        }
        return BookingReviewView(review, allowed: allowed)
    }

    /// What everybody may read about a provider, the newest first.
    func list(_ input: ListReviews, _ call: Call, in tx: ReadTransaction) throws -> Page<PublicReviewView> {
        try self.requireProvider(input.id, in: tx)
        var conditions: [SQL] = [
            "organization_id = \(call.organization)", "provider_id = \(input.id)", "hidden_at IS NULL",
        ]
        if let after = input.after {
            conditions.append(try Cursor(after, list: "booking-reviews", keys: 1).before(["id"]))
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(BookingReview.columns) FROM \(ReviewSchema.review)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id DESC LIMIT \(input.limit + 1)
            """, as: BookingReview.self)
        return Page(rows.map { PublicReviewView($0) }, limit: input.limit) {
            Cursor(list: "booking-reviews", keys: [$0.id.sqlValue])
        }
    }

    private struct Tally: Record {
        static let columns: Columns = ["rating", "count(*)"]
        let rating: Int
        let count: Int

        init(row: inout RowReader) throws {
            self.rating = try row.next()
            self.count = try row.next()
        }
    }

    /// What customers think of a provider, of the reviews that everybody sees.
    func rating(_ input: ProviderByID, _ call: Call, in tx: ReadTransaction) throws -> ProviderRating {
        try self.requireProvider(input.id, in: tx)
        let rows = try tx.fetchAll(
            """
            SELECT \(Tally.columns) FROM \(ReviewSchema.review)
            WHERE organization_id = \(call.organization) AND provider_id = \(input.id) AND hidden_at IS NULL
            GROUP BY rating
            """, as: Tally.self)
        let counts = BookingReview.ratings.map { rating in rows.first { $0.rating == rating }?.count ?? 0 }
        let count = counts.reduce(0, +)
        let sum = zip(BookingReview.ratings, counts).reduce(0) { $0 + $1.0 * $1.1 }
        // Hundredths as integers, so that halves are rounded up whatever a double makes of them.
        let hundredths = count == 0 ? nil : (200 * sum + count) / (2 * count)
        return ProviderRating(count: count, average: hundredths.map { Double($0) / 100 }, counts: counts)
    }

    private func requireProvider(_ id: ID<Provider>, in tx: ReadTransaction) throws {
        guard try self.catalogs.current(in: tx).provider(id) != nil else { throw Refusal.notFound("provider") }
    }
}
