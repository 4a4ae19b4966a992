import AlmanacKernel
import AlmanacStorage
import BookingsAPI
import Foundation
import Testing

@testable import Bookings

/// What writes itself is one value on the wire, whichever way it gets there.
struct WrittenFormTests {
    private static let start = Instant(microseconds: 1_772_445_600_000_000)
    private static let end = Instant(microseconds: 1_772_451_000_000_000)

    private func id<Entity>(_ number: UInt64) -> ID<Entity> {
        ID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0000 | number)
    }

    /// Compares what a value is written as with its `Codable` form.
    private func check<Value: Codable>(_ value: Value) throws {
        let written = try JSON(parsing: try JSONEncoding.encode(value))
        let encoded = try JSON(parsing: Array(try JSONEncoder().encode(value)))
        #expect(written.canonical == encoded.canonical, "\(Value.self)")
    }

    @Test func eventsWriteTheirCodableForm() throws {
        try self.check(
            BookingConfirmed(
                booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4),
                start: Self.start, end: Self.end))
        try self.check(
            BookingCancelled(
                booking: self.id(1), provider: self.id(3), customer: self.id(4), start: Self.start, end: Self.end,
                fee: try Money(amount: 3_250, currency: "EUR")))
        try self.check(
            BookingRescheduled(
                booking: self.id(1), customer: self.id(4),
                from: .init(provider: self.id(3), start: Self.start, end: Self.end),
                to: .init(provider: self.id(5), start: Self.end, end: Self.end.adding(minutes: 90))))
    }

    /// These forms are permanent: other programs read them.
    @Test func whatBecomesOfBookingsIsToldInPermanentForms() throws {
        let (start, end) = (Self.start, Self.end)
        let common = """
            "booking":"\(self.id(1) as ID<Booking>)","customer":"\(self.id(4) as ID<Customer>)","end":"\(end.rfc3339)",\
            "eventType":"\(self.id(2) as ID<EventType>)","provider":"\(self.id(3) as ID<Provider>)",\
            "start":"\(start.rfc3339)"
            """
        let rejected = BookingRejected(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: start,
            end: end, cause: .expired)
        let started = BookingStarted(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: start,
            end: end, startedAt: end)
        let completed = BookingCompleted(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: start,
            end: end, completedAt: end)
        let missed = BookingMissed(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: start,
            end: end, fee: try Money(amount: 2_000, currency: "EUR"))
        let free = BookingMissed(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: start,
            end: end)

        func members(_ event: some Encodable) throws -> [UInt8] {
            try JSON(parsing: try JSONEncoding.encode(event)).canonical
        }
        let shared = try JSON(parsing: Array("{\(common)}".utf8))
        #expect(try members(rejected) == shared.with("cause", "expired").canonical)
        #expect(try members(started) == shared.with("startedAt", .string(end.rfc3339)).canonical)
        #expect(try members(completed) == shared.with("completedAt", .string(end.rfc3339)).canonical)
        let fee: JSON = ["amount": 2_000, "currency": "EUR"]
        #expect(try members(missed) == shared.with("fee", fee).canonical)
        // What costs nothing looks as it did before there were fees.
        #expect(try members(free) == shared.canonical)
        let names = [BookingRejected.wire, BookingStarted.wire, BookingCompleted.wire, BookingMissed.wire]
        #expect(
            names.map(\.description) == [
                "bookings.booking-rejected/1", "bookings.booking-started/1", "bookings.booking-completed/1",
                "bookings.booking-missed/1",
            ])
    }

    @Test(arguments: [nil, "a \"quoted\" note\n\u{7F}"])
    func bookingsWriteTheirCodableForm(_ notes: String?) throws {
        var row = BookingRow(
            id: self.id(1), number: BookingNumber(self.id(1)), status: .confirmed, eventType: self.id(2),
            eventTypeSlug: "lesson", provider: self.id(3), customer: self.id(4), start: Self.start, end: Self.end,
            zone: try Zone("Europe/Berlin"),
            eventTypeName: try LocalizedText(["de": "Fahrstunde", "en": "Driving lesson"]),
            providerName: "Ä. Öz", customerName: "Łukasz", price: try Money(amount: 4_500, currency: "EUR"),
            terms: AgreedTerms(
                durationMinutes: 90, bufferBeforeMinutes: 0, bufferAfterMinutes: 15, minimumNoticeMinutes: 60,
                bookingWindowDays: 60, slotIntervalMinutes: 30),
            notes: notes, version: 1, createdAt: Self.start, providerPerson: self.id(6), customerPerson: self.id(7))

        try self.check(
            BookingView(row, languages: ["en"], locale: "de", allowed: [.cancel, .reschedule], isForStaff: true))
        row.further = [
            BookedResource(
                role: .host, resource: self.id(8), provider: self.id(9), person: self.id(10), kind: .person,
                name: "Ida", units: 1),
            BookedResource(
                role: .requirement, resource: self.id(11), provider: nil, person: nil, kind: .room, name: "Saal",
                units: 2),
        ]
        try self.check(BookingView(row, languages: [], locale: "de", allowed: [], isForStaff: true))
        try self.check(BookingView(row, languages: [], locale: "de", allowed: [], isForStaff: false))
        var pending = row
        pending.status = .pending
        pending.expiresAt = Self.end
        try self.check(
            BookingView(
                pending, languages: [], locale: "de", waitsFor: ["bookings.approval", "deposits.deposit"],
                allowed: [.approve, .reject, .noShow], isForStaff: false))
    }

    @Test func termsComeBack() throws {
        let terms = AgreedTerms(
            durationMinutes: 90, bufferBeforeMinutes: 5, bufferAfterMinutes: 15, minimumNoticeMinutes: 60,
            bookingWindowDays: 60, slotIntervalMinutes: 30)
        guard case .text(let text) = terms.sqlValue else {
            Issue.record("terms are no text")
            return
        }

        #expect(
            text == #"{"durationMinutes":90,"bufferBeforeMinutes":5,"bufferAfterMinutes":15,"#
                + #""minimumNoticeMinutes":60,"bookingWindowDays":60,"slotIntervalMinutes":30}"#)
    }

    @Test func seriesAreToldOfInPermanentForms() throws {
        let booked = BookingSeriesBooked(
            series: self.id(7), eventType: self.id(2), customer: self.id(4), bookings: [self.id(1), self.id(5)],
            pending: [self.id(5)], start: Self.start, end: Self.end)
        let cancelled = BookingSeriesCancelled(
            series: self.id(7), customer: self.id(4), bookings: [self.id(1)],
            fee: try Money(amount: 2_000, currency: "EUR"))
        let moved = BookingSeriesRescheduled(
            series: self.id(8), earlier: self.id(7), customer: self.id(4), bookings: [self.id(1)])
        func members(_ event: some Encodable) throws -> JSON { try JSON(parsing: try JSONEncoding.encode(event)) }
        func text<Entity>(_ number: UInt64, _ type: Entity.Type) -> JSON {
            .string((self.id(number) as ID<Entity>).description)
        }
        let (series, one) = (text(7, BookingSeries.self), JSON.array([text(1, Booking.self)]))
        let customer = text(4, Customer.self)
        let wantedBooked: JSON = [
            "series": series, "eventType": text(2, EventType.self), "customer": customer,
            "bookings": .array([text(1, Booking.self), text(5, Booking.self)]),
            "pending": .array([text(5, Booking.self)]), "start": .string(Self.start.rfc3339),
            "end": .string(Self.end.rfc3339),
        ]
        let wantedCancelled: JSON = [
            "series": series, "customer": customer, "bookings": one, "fee": ["amount": 2_000, "currency": "EUR"],
        ]
        let wantedMoved: JSON = [
            "series": text(8, BookingSeries.self), "earlier": series, "customer": customer, "bookings": one,
        ]
        #expect(try members(booked).canonical == wantedBooked.canonical)
        #expect(try members(cancelled).canonical == wantedCancelled.canonical)
        #expect(try members(moved).canonical == wantedMoved.canonical)
        let names = [BookingSeriesBooked.wire, BookingSeriesCancelled.wire, BookingSeriesRescheduled.wire]
        #expect(
            names.map(\.description) == [
                "bookings.booking-series-booked/1", "bookings.booking-series-cancelled/1",
                "bookings.booking-series-rescheduled/1",
            ])
        // What happens to one booking alone looks as it did before there were series.
        let alone = BookingConfirmed(
            booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4), start: Self.start,
            end: Self.end)
        #expect(try members(alone)["series"] == nil)
        try self.check(
            BookingConfirmed(
                booking: self.id(1), eventType: self.id(2), provider: self.id(3), customer: self.id(4),
                start: Self.start, end: Self.end, series: self.id(7)))
    }
}
