internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Settles requirements for other plugins: enters the plugin's own room.
struct StoredRequirements<P: Plugin>: BookingRequirements {
    let kernel: Kernel<P>
    let pending: PendingBookings

    func locks(of booking: ID<Booking>, in tx: ReadTransaction) throws -> [LockKey] {
        let tx = self.kernel.entering(tx)
        guard let row = try self.pending.bookings.row(booking, in: tx) else { return [] }
        return try self.pending.locks(of: row, in: tx)
    }

    func satisfy(
        _ requirement: String, of booking: ID<Booking>, in tx: Transaction
    ) throws -> RequirementOutcome {
        try self.settle(requirement, of: booking, in: self.kernel.entering(tx)) { row, call, tx in
            try tx.lock(self.pending.locks(of: row, in: tx.reading))
            try self.pending.satisfy(requirement, of: &row, call, in: tx)
        }
    }

    func fail(_ requirement: String, of booking: ID<Booking>, in tx: Transaction) throws -> RequirementOutcome {
        try self.settle(requirement, of: booking, in: self.kernel.entering(tx)) { row, call, tx in
            try self.pending.reject(&row, because: .failed, nil, call, in: tx)
        }
    }

    private func settle(
        _ requirement: String, of booking: ID<Booking>, in tx: Transaction,
        _ body: (inout BookingRow, Call, Transaction) throws -> Void
    ) throws -> RequirementOutcome {
        guard let call = tx.call, var row = try self.pending.bookings.lockedRow(booking, in: tx) else {
            return .unknown
        }
        guard row.status == .pending, !row.hasLapsed(at: tx.now) else { return .unchanged(row.status) }
        guard try self.pending.open(of: row, in: tx).contains(requirement) else { return .unchanged(row.status) }
        try body(&row, call, tx)
        return switch row.status {
        case .confirmed: .confirmed
        case .rejected: .rejected
        default: .pending
        }
    }
}
