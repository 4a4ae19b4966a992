import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

/// The real program through the loss of its database server and the promotion of the standby.
struct FailoverTests {
    /// What clients were answered, and when.
    private final class Diary: Sendable {
        struct Entry: Sendable {
            let status: Int
            let began: ContinuousClock.Instant
            let taken: Duration
            /// The number of the booking.
            let number: String?
        }

        let entries = Mutex<[Entry]>([])
        let isOver = Mutex(false)

        var all: [Entry] { self.entries.withLock { $0 } }

        /// Waits until an entry is as wanted; each look is a request's time apart.
        func first(where isWanted: (Entry) -> Bool, _ pause: () async throws -> Void) async throws -> Entry {
            while true {
                if let found = self.all.first(where: isWanted) { return found }
                try await pause()
            }
        }
    }

    /// Books one lesson after the other, each with one key until the answer is 201, as a careful client does.
    private func book(
        _ slots: [SchoolServer.Slot], _ server: SchoolServer, _ token: String, _ diary: Diary
    ) async throws {
        for slot in slots {
            while !diary.isOver.withLock({ $0 }) {
                let request = LoopbackRequest(
                    "POST", "/api/v1/bookings",
                    headers: [
                        ("Authorization", "Bearer \(token)"), ("Content-Type", "application/json"),
                        ("Idempotency-Key", "failover-\(slot.provider)-\(slot.start)"),
                    ], body: slot.booking.serialized)
                let began = ContinuousClock.now
                let answer = try await server.client.send(request)
                let number = try? answer.json()["number"]?.string
                diary.entries.withLock {
                    $0.append(
                        Diary.Entry(
                            status: answer.status, began: began, taken: ContinuousClock.now - began, number: number))
                }
                if answer.status == 201 { break }
            }
        }
    }

    @Test
    func losesNothingThatItConfirmed() async throws {
        try await withPostgresPair { pair in
            try await withSchool(on: .postgres(at: pair.address)) { school in
                try await school.serve { server in
                    let (clara, david) = (try await server.token(), try await server.token(of: School.otherCustomer))
                    let slots = try await server.slots(clara)
                    let halves = [0, 1].map { half in slots.indices.filter { $0 % 2 == half }.map { slots[$0] } }
                    let diary = Diary()
                    async let first: Void = self.book(halves[0], server, clara, diary)
                    async let second: Void = self.book(halves[1], server, david, diary)
                    let live: () async throws -> Void = { _ = try await server.client.get("/health/live") }

                    _ = try await diary.first(where: { _ in diary.all.count >= 10 }, live)
                    let killed = ContinuousClock.now
                    try await pair.killPrimary()
                    _ = try await diary.first(where: { $0.status == 503 }, live)
                    let promoted = ContinuousClock.now
                    try await pair.promote()
                    let back = try await diary.first(where: { $0.status == 201 && $0.began > promoted }, live)
                    let count = diary.all.count
                    _ = try await diary.first(where: { _ in diary.all.count >= count + 10 }, live)
                    diary.isOver.withLock { $0 = true }
                    _ = try await (first, second)

                    let gone = diary.all.filter { $0.began + $0.taken > killed && $0.status != 201 }
                    #expect(Set(gone.map(\.status)).isSubset(of: [503]), "\(Set(gone.map(\.status)))")
                    #expect(gone.map(\.taken).max() ?? .zero < Duration.seconds(2).patiently)
                    let gap = (back.began + back.taken) - promoted
                    #expect(gap < Duration.seconds(5).patiently)
                    print("from promotion to the first booking: \(gap)")

                    let confirmed = diary.all.compactMap { $0.status == 201 ? $0.number : nil }
                    let found = try await server.bookings(clara) + server.bookings(david)
                    let numbers = found.compactMap { $0["number"]?.string }
                    #expect(Set(confirmed).count == confirmed.count)
                    #expect(Set(confirmed).isSubset(of: Set(numbers)))
                    // What was repeated with its key was booked once: at most the last of each client is unconfirmed.
                    #expect(numbers.count <= confirmed.count + 2)
                }
            }
        }
    }
}
