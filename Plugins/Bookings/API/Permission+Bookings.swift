public import AlmanacKernel

extension Permission {
    /// Make a booking.
    public static let createBooking = Permission("bookings:create")
    /// See bookings.
    public static let readBooking = Permission("bookings:read")
    /// Cancel a booking.
    public static let cancelBooking = Permission("bookings:cancel")
    /// Move a booking to another time or provider.
    public static let rescheduleBooking = Permission("bookings:reschedule")
    /// Change what was said about a booking: answers, attendees.
    public static let updateBooking = Permission("bookings:update")
    /// Decide about bookings that wait for an approval.
    public static let approveBooking = Permission("bookings:approve")
    /// Note that a booking has begun.
    public static let startBooking = Permission("bookings:start")
    /// Note that a booking has taken place.
    public static let completeBooking = Permission("bookings:complete")
    /// Note that a customer did not come.
    public static let markNoShow = Permission("bookings:no-show")
    /// Leave out what a customer owes for a change of a booking.
    public static let waiveFee = Permission("bookings:waive-fee")

    /// Make and change event types.
    public static let manageCatalog = Permission("catalog:manage")
    /// Make and change providers.
    public static let manageProviders = Permission("providers:manage")
    /// See rooms and vehicles.
    public static let readResource = Permission("resources:read")
    /// Make and change rooms and vehicles.
    public static let manageResources = Permission("resources:manage")
    /// See working hours, date overrides and blocked times.
    public static let readAvailability = Permission("availability:read")
    /// Change working hours, date overrides and blocked times.
    public static let manageAvailability = Permission("availability:manage")
    /// Make and change events of one's own calendar.
    public static let manageCalendarEvents = Permission("calendar-events:manage")
    /// See customers.
    public static let readCustomer = Permission("customers:read")
    /// Make and change customers.
    public static let manageCustomers = Permission("customers:manage")
    /// Let others act for customers.
    public static let manageGuardians = Permission("guardians:manage")
    /// Write a review of a booking that took place.
    public static let writeBookingReview = Permission("booking-reviews:write")
    /// Say something to a review.
    public static let replyToBookingReview = Permission("booking-reviews:reply")
    /// Keep reviews from everybody.
    public static let moderateBookingReviews = Permission("booking-reviews:moderate")
    /// Import providers, event types and customers from files.
    public static let importData = Permission("catalog:import")
}
