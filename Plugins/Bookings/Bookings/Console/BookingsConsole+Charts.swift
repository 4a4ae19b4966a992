internal import AlmanacKernel
internal import AlmanacSurface

extension BookingsCore {
    /// What the staff see at a glance.
    @ContributionBuilder var charts: Contributions {
        ConsoleChart(
            "bookings-today", ["en": "{Bookings} today", "de": "{Bookings} heute", "fr": "{Bookings} aujourd’hui"],
            of: .init(self.listBookings)
        )
        .asking(["from": .day(0), "to": .day(0)])
        .beside("bookings").atHome(order: 10)
        ConsoleChart(
            "bookings-to-confirm", ["en": "To confirm", "de": "Zu bestätigen", "fr": "À confirmer"],
            of: .init(self.listBookings)
        )
        .asking(["status": "pending"])
        .beside("bookings").atHome(order: 20)
        ConsoleChart(
            "bookings-per-day", ["en": "{Bookings} per day", "de": "{Bookings} pro Tag", "fr": "{Bookings} par jour"],
            of: .init(self.bookingStatistics)
        )
        .bars(by: "date", showing: "bookings")
        .asking(["from": .day(-7), "to": .day(20)])
        .beside("bookings").atHome(order: 30)
        ConsoleChart(
            "booked-time-per-day",
            ["en": "Booked time per day", "de": "Gebuchte Zeit pro Tag", "fr": "Temps réservé par jour"],
            of: .init(self.bookingStatistics)
        )
        .bars(by: "date", showing: "bookedMinutes")
        .asking(["from": .day(-7), "to": .day(20)])
        .beside("bookings")
        ConsoleChart(
            "revenue-per-week", ["en": "Revenue per week", "de": "Umsatz pro Woche", "fr": "Recettes par semaine"],
            of: .init(self.bookingStatistics)
        )
        .line(by: "date", showing: "revenue")
        .asking(["from": .day(-55), "to": .day(28), "unit": "week"])
        .beside("bookings").atHome(order: 40)
    }
}
