internal import AlmanacKernel
internal import AlmanacSurface

extension GuestCore {
    /// Which operations the public booking pages ask.
    static let flow = BookingFlow(
        scheme: GuestAccess.scheme,
        [
            .offers: "event-types.list", .offer: "event-types.read", .questions: "questions.list",
            .people: "providers.list", .places: "locations.list", .times: "slots.list", .dates: "sessions.list",
            .date: "sessions.read", .hold: "guest-holds.create", .holdOwn: "holds.create", .held: "holds.read",
            .release: "holds.release", .book: "guest-bookings.create", .bookOwn: "bookings.create",
            .holdSeries: "guest-booking-series.hold", .holdSeriesOwn: "booking-series.hold",
            .bookSeries: "guest-booking-series.create", .bookSeriesOwn: "booking-series.create",
            .current: "guest-bookings.current", .read: "bookings.read", .calendar: "bookings.calendar",
            .consequences: "bookings.consequences", .answers: "bookings.answers",
            .answer: "bookings.answer", .series: "booking-series.read", .cancel: "bookings.cancel",
            .reschedule: "bookings.reschedule", .resend: "guest-access.send", .wait: "guest-waitlist.join",
            .waitOwn: "waitlist.join", .waiting: "guest-waitlist.current", .waitingOwn: "waitlist.read",
            .accept: "guest-waitlist.accept", .acceptOwn: "waitlist.accept", .decline: "waitlist.decline",
            .withdraw: "waitlist.withdraw",
        ])
}
