internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Moves bookings back to the time on the clock for which they were made.
    var zoneReconciliation: ZoneReconciliation {
        let writer = self.writer
        return ZoneReconciliation(
            list: Query("bookings.zone-reconciliation.list", .permission(.readBooking)) { _, call, tx in
                try ZoneShifts().all(call, in: tx).map { ZoneShift($0) }
            },
            move: Command("bookings.zone-reconciliation.move", .permission(.rescheduleBooking)) { shift, call, tx in
                guard let id = ID<Booking>(shift.object.id), let start = shift.expectedStart else {
                    throw Refusal.notFound("booking")
                }
                // It may have been moved or cancelled since it was listed.
                guard try ZoneShifts().shift(of: id, call, in: tx.reading)?.expectedStart == start else {
                    throw Refusal.bookingChanged
                }
                _ = try writer.reschedule(
                    RescheduleBooking(
                        id: id, start: start, provider: nil, reason: "The rules of the time zone have changed.",
                        chargeFee: false),
                    call, in: tx)
                return Nothing()
            })
    }
}

extension ZoneShift {
    init(_ view: ZoneShiftView) {
        self.init(
            object: AuditEntry.Object("booking", view.booking), label: view.number, start: view.start,
            agreed: "\(view.localDate) \(view.localTime) \(view.timeZone)", expectedStart: view.expectedStart)
    }
}
