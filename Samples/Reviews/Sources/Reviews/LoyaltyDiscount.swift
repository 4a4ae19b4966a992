internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension Reviews {
    /// Who has written enough reviews pays less for the next booking.
    var loyaltyDiscount: Policy<BookingProposal> {
        Policy("loyalty-discount", phase: .quote, sets: [.price]) { proposal, tx in
            guard proposal.action == .create, let call = tx.call, let person = call.principal.user?.person else {
                return
            }
            let written = try tx.value(
                """
                SELECT count(*) FROM \(Review.table)
                WHERE organization_id = \(call.organization) AND author_id = \(person)
                """, as: Int.self)
            guard let written, written >= self.settings.reviewsForDiscount else { return }
            let discount = proposal.price.amount * self.settings.discountPercent / 100
            proposal.price = try Money(amount: proposal.price.amount - discount, currency: proposal.price.currency)
        }
    }
}
