internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Booking by a rule, and what follows from it.
    @ContributionBuilder var seriesEndpoints: Contributions {
        Endpoint.post("/booking-series", self.createSeries, "Books a series of slots.").inProduct()
        Endpoint.post(
            "/booking-series/holds", self.holdSeries,
            "Keeps all times of a series for some minutes, to be booked with `hold`."
        ).inProduct()
        Endpoint.post(
            "/booking-series/preview", self.previewSeries, "Tells what booking a series would come to."
        ).inProduct()
        Endpoint.get("/booking-series", self.listSeries, "Lists series that the caller may see.").inProduct()
        Endpoint.get("/booking-series/{id}", self.readSeries, "Shows a series with its bookings.")
            .forSeriesGuests().inProduct()
        Endpoint.get(
            "/booking-series/{id}/consequences", self.readSeriesConsequences,
            "Tells what changing bookings of a series now would cost."
        ).forSeriesGuests().inProduct()
        Endpoint.post(
            "/booking-series/{id}/cancel", self.cancelSeries, status: 200, "Cancels bookings of a series."
        ).forSeriesGuests().inProduct()
        Endpoint.post(
            "/booking-series/{id}/reschedule", self.rescheduleSeries, status: 200,
            "Moves bookings of a series by as much on its clock."
        ).forSeriesGuests().inProduct()
    }

    var createSeries: Command<CreateBookingSeries, SeriesAnswer> {
        Command("booking-series.create", .permission(.createBooking)) { [seriesWriter, seriesHolds] input, call, tx in
            if let hold = input.hold { return try seriesHolds.book(input, with: hold, call, in: tx) }
            return try seriesWriter.create(input, call, in: tx)
        }
    }

    var holdSeries: Command<HoldBookingSeries, SeriesHold> {
        Command("booking-series.hold", .permission(.createBooking)) { [seriesHolds] input, call, tx in
            try seriesHolds.create(input, call, in: tx)
        }
    }

    var previewSeries: Query<CreateBookingSeries, SeriesPreview> {
        Query("booking-series.preview", .permission(.createBooking)) { [seriesWriter] input, call, tx in
            try seriesWriter.preview(input, call, in: tx)
        }
    }

    var listSeries: Query<ListBookingSeries, Page<BookingSeriesView>> {
        Query("booking-series.list", .permission(.readBooking)) { [series] input, call, tx in
            try series.list(input, call, in: tx)
        }
    }

    var readSeries: Query<BookingSeriesByID, BookingSeriesView> {
        Query("booking-series.read", .permission(.readBooking)) { [series] input, call, tx in
            try series.find(input.id, call, in: tx)
        }
    }

    var readSeriesConsequences: Query<ReadSeriesConsequences, SeriesConsequences> {
        Query("booking-series.consequences", .permission(.readBooking)) { [series] input, call, tx in
            try series.consequences(input, call, in: tx)
        }
    }

    var cancelSeries: Command<CancelBookingSeries, SeriesAnswer> {
        Command("booking-series.cancel", .permission(.cancelBooking)) { [seriesCancellation] input, call, tx in
            try seriesCancellation.cancel(input, call, in: tx)
        }
    }

    var rescheduleSeries: Command<RescheduleBookingSeries, SeriesAnswer> {
        Command("booking-series.reschedule", .permission(.rescheduleBooking)) { [seriesMove] input, call, tx in
            try seriesMove.reschedule(input, call, in: tx)
        }
    }
}

extension Endpoint {
    /// The same endpoint, open to guests whose token leads to the series `{id}` of its path.
    fileprivate func forSeriesGuests() -> Endpoint { self.openToGuests(of: SeriesRow.objectType, by: "id") }
}
