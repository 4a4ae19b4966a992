internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

extension Reviews {
    struct Listing: APIInput {
        let limit: Int
        let after: String?
        let stars: Int?

        static let constraints: [String: Constraint] = [
            "limit": .integer(1...100, default: 20, "How many reviews to return."),
            "after": .text(1...1_000, "The `next` of the page before."),
            "stars": .integer(1...5, "Only reviews with so many stars."),
        ]
    }

    /// A page of the reviews that the caller may see, newest first.
    var listReviews: Query<Listing, Page<Review>> {
        Query("reviews.list", .permission(.readReviews)) { input, call, tx in
            var conditions: [SQL] = ["organization_id = \(call.organization)"]
            switch try tx.filter(.readReviews) {
            case .organization: break
            case .assigned(let person): conditions.append("(provider_id = \(person) OR author_id = \(person))")
            case .own(let person): conditions.append("author_id = \(person)")
            }
            if let stars = input.stars { conditions.append("stars = \(stars)") }
            if let after = input.after {
                // Identifiers are in the order of time.
                conditions.append(try Cursor(after, list: "reviews", keys: 1).before(["id"]))
            }
            let found = try tx.fetchAll(
                """
                SELECT \(Review.columns) FROM \(Review.table)
                WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id DESC LIMIT \(input.limit + 1)
                """, as: Review.self)
            return Page(found, limit: input.limit) { Cursor(list: "reviews", keys: [$0.id.sqlValue]) }
        }
    }
}
