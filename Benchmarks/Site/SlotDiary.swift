internal import AlmanacStorage
internal import Foundation
internal import Synchronization

/// Hands out each slot of each round-the-clock provider once.
///
/// The slots of a provider are handed out a day apart, and only then the next quarter of an hour: so its days fill
/// evenly, as they do in life.
final class SlotDiary: Sendable {
    private static let days = 360
    private static let slotsPerDay = 96

    /// The first midnight (UTC) from which on everything can be booked.
    let firstDay: Instant
    private let next: Mutex<[Int]>

    init(providers: Int) {
        let today = Int64(Date().timeIntervalSince1970) / 86_400
        self.firstDay = Instant(seconds: (today + 2) * 86_400)
        self.next = Mutex(Array(repeating: 0, count: providers))
    }

    /// A slot that was not handed out before; `nil` when there is none.
    func slot(of provider: Int) -> Instant? {
        let number = self.next.withLock { next in
            defer { next[provider] += 1 }
            return next[provider]
        }
        guard number < Self.days * Self.slotsPerDay else { return nil }
        return self.instant(day: number % Self.days, quarter: number / Self.days)
    }

    /// A quarter of an hour on a day that is still within the booking window, but never handed out.
    func spare(_ quarter: Int) -> Instant { self.instant(day: Self.days, quarter: quarter) }

    private func instant(day: Int, quarter: Int) -> Instant {
        self.firstDay.adding(minutes: Int64(day) * 1_440 + Int64(quarter) * 15)
    }
}
