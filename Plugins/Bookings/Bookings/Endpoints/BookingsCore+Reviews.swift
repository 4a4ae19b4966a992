internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// What customers say about bookings that took place.
    @ContributionBuilder var reviewEndpoints: Contributions {
        Endpoint.post("/bookings/{id}/review", self.writeReview, "Reviews a booking that took place.").forGuests()
            .inProduct()
        Endpoint.get("/bookings/{id}/review", self.readReview, "Shows the review of a booking.").forGuests().inProduct()
        Endpoint.put("/bookings/{id}/review", self.changeReview, "Changes the review of a booking.").forGuests()
            .inProduct()
        Endpoint.put("/bookings/{id}/review/reply", self.replyToReview, "Says something to a review.").inProduct()
        Endpoint.post(
            "/bookings/{id}/review/hide", self.hideReview, status: 200, "Keeps a review from everybody."
        ).inProduct()
        Endpoint.post(
            "/bookings/{id}/review/show", self.showReview, status: 200, "Shows a review again that was hidden."
        ).inProduct()
        Endpoint.get("/providers/{id}/reviews", self.listReviews, "Lists the reviews of a provider.").inProduct()
        Endpoint.get("/providers/{id}/rating", self.readRating, "Tells what customers think of a provider.").inProduct()
    }

    var writeReview: Command<WriteReview, BookingReviewView> {
        Command("booking-reviews.write", .permission(.writeBookingReview)) { [reviews] input, call, tx in
            try reviews.write(input, call, in: tx)
        }
    }

    var readReview: Query<BookingByID, BookingReviewView> {
        Query("booking-reviews.read", .permission(.readBooking)) { [reviews] input, call, tx in
            try reviews.read(input, call, in: tx)
        }
    }

    var changeReview: Command<ChangeReview, BookingReviewView> {
        Command("booking-reviews.change", .permission(.writeBookingReview)) { [reviews] input, call, tx in
            try reviews.change(input, call, in: tx)
        }
    }

    var replyToReview: Command<ReplyToReview, BookingReviewView> {
        Command("booking-reviews.reply", .permission(.replyToBookingReview)) { [reviews] input, call, tx in
            try reviews.reply(input, call, in: tx)
        }
    }

    var hideReview: Command<HideReview, BookingReviewView> {
        Command("booking-reviews.hide", .permission(.moderateBookingReviews)) { [reviews] input, call, tx in
            try reviews.hide(input.id, because: input.reason, call, in: tx)
        }
    }

    var showReview: Command<BookingByID, BookingReviewView> {
        Command("booking-reviews.show", .permission(.moderateBookingReviews)) { [reviews] input, call, tx in
            try reviews.hide(input.id, because: nil, call, in: tx)
        }
    }

    var listReviews: Query<ListReviews, Page<PublicReviewView>> {
        Query("booking-reviews.list", .everyone) { [reviews] input, call, tx in try reviews.list(input, call, in: tx) }
    }

    var readRating: Query<ProviderByID, ProviderRating> {
        Query("booking-reviews.rating", .everyone) { [reviews] input, call, tx in
            try reviews.rating(input, call, in: tx)
        }
    }
}
