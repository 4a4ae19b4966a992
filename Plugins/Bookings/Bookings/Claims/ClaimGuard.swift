internal import AlmanacStorage
internal import BookingsAPI

/// How the ledger makes sure that nobody takes the same time between its check and its insert.
///
/// There is one way in the product, ``LockedCheck``. Tests put a broken one in its place to show that the race they run
/// is a race: nothing in a deployment can.
protocol ClaimGuard: Sendable {
    /// Keeps everybody else from what these keys stand for until the transaction ends.
    func lock(_ keys: [LockKey], in tx: Transaction) throws
    /// Which of the claims read under the lock the check counts.
    func counted(_ claims: [ClaimSpan]) -> [ClaimSpan]
    /// Which of the bookings read under the lock count towards limits.
    func counted(_ tally: BookingTally) -> BookingTally
}

extension ClaimGuard {
    func counted(_ tally: BookingTally) -> BookingTally { tally }
}

/// Locks, then counts every claim.
///
/// On PostgreSQL the lock holds until the transaction ends; on SQLite there is one writer and nothing to lock.
struct LockedCheck: ClaimGuard {
    func lock(_ keys: [LockKey], in tx: Transaction) throws {
        try tx.lock(keys)
    }

    func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] { claims }
}
