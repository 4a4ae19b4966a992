internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension Reviews {
    struct Draft: APIInput {
        let booking: ID<Booking>
        let stars: Int
        let text: String?

        static let constraints: [String: Constraint] = [
            "stars": .integer(1...5, "From 1 to 5."),
            "text": .text(1...4_000, "What the customer says."),
        ]
    }

    /// Reviews a booking; each booking has one review.
    var writeReview: Command<Draft, Review> {
        Command("reviews.write", .permission(.writeReview)) { input, call, tx in
            guard let ownership = try self.bookings.ownership(of: input.booking, in: tx.reading),
                let author = ownership.owners.first
            else { throw Refusal.notFound("booking") }
            try tx.require(.writeReview, on: ownership)
            let review = Review(
                id: tx.id(), booking: input.booking, stars: input.stars, text: input.text, createdAt: tx.now,
                author: author, provider: ownership.assignees.first)
            let isReviewed = try tx.value(
                """
                SELECT 1 FROM \(Review.table)
                WHERE organization_id = \(call.organization) AND booking_id = \(input.booking)
                """, as: Int.self)
            guard isReviewed == nil else {
                throw Refusal(.conflict, "already_reviewed", "this booking has a review already")
            }
            try tx.insert(review)
            try tx.audit("reviews.review.written", object: .init("review", review.id))
            try tx.emit(ReviewWritten(review: review.id, booking: input.booking, stars: input.stars))
            return review
        }
    }
}
