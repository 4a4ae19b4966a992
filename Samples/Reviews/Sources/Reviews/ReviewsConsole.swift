internal import AlmanacKernel
internal import AlmanacSurface

extension Reviews {
    /// What the staff see of reviews in the console; there is no page to write.
    ///
    /// A list with filters, forms and a file to take away, a line of the menu for complaints, and what people think at a
    /// glance.
    @ContributionBuilder var console: Contributions {
        ConsoleResource(
            "reviews", ["en": "Reviews", "de": "Bewertungen", "fr": "Avis"], list: .init(self.listReviews)
        )
        .one(["en": "review", "de": "Bewertung", "fr": "avis"])
        .columns("createdAt", "stars", "text")
        .filtered(by: "stars")
        .created(by: .init(self.writeReview), ["en": "Write", "de": "Schreiben", "fr": "Rédiger"])
        .referring(["booking": "bookings"])
        .audited(as: "review")
        .inMenu(.daily, order: 50)
        ConsoleMenuEntry(
            ["en": "Complaints", "de": "Beschwerden", "fr": "Plaintes"], to: "reviews", with: ["stars": "1"],
            in: .daily, order: 51)
        ConsoleChart(
            "reviews-by-stars", ["en": "Reviews by stars", "de": "Bewertungen nach Sternen", "fr": "Avis par note"],
            of: .init(self.listReviews)
        )
        .bars(by: "stars")
        .beside("reviews")
        .atHome(order: 60)
        ConsoleWords([
            "field.stars": ["en": "Stars", "de": "Sterne", "fr": "Étoiles"],
            "field.text": [
                "en": "What the {customer} says", "de": "Was {customer} sagt", "fr": "Ce que dit {customer}",
            ],
        ])
    }
}
