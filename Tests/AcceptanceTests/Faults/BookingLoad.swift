import AlmanacStorage
import AlmanacTestKit
import Foundation
import Synchronization

/// Customers who book different lessons at once, each on a connection of its own, one after the other.
///
/// It keeps an account of what each was told, by which a test knows afterwards what must be there. Lessons are never
/// used twice, so that each can be had.
final class BookingLoad: Sendable {
    /// A lesson that somebody has asked for, under a key by which it can be asked for again.
    struct Attempt: Sendable {
        let key: String
        let booking: JSON
        /// What the server said; `nil` when the connection ended before the answer.
        var answer: LoopbackResponse?

        /// The id of the booking that the server has promised.
        var acknowledged: String? {
            guard let answer, answer.status == 201 else { return nil }
            return (try? answer.json())?["id"]?.string
        }

        func request(_ token: String) -> LoopbackRequest {
            var request = LoopbackRequest("POST", "/api/v1/bookings", token: token, json: self.booking)
            request.headers.append(("Idempotency-Key", "\"\(self.key)\""))
            return request
        }
    }

    private let next = Mutex(0)
    private let lesson: JSON
    private let providers: [JSON]
    private let start: Instant
    /// The access token of the customer.
    let token: String

    /// Describes a load; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - lesson: The id of the event type; it takes half an hour.
    ///   - providers: The ids of those who give it, around the clock.
    ///   - start: When the first lesson begins.
    ///   - token: The access token of the customer.
    init(lesson: String, providers: [String], from start: Instant, token: String) {
        self.lesson = .string(lesson)
        self.providers = providers.map { .string($0) }
        self.start = start
        self.token = token
    }

    /// The next lesson that nobody has asked for.
    func attempt() -> Attempt {
        let number = self.next.withLock { number in
            defer { number += 1 }
            return number
        }
        let start = self.start.adding(minutes: Int64(30 * (number / self.providers.count)))
        return Attempt(
            key: "lesson-\(number)",
            booking: [
                "eventType": self.lesson, "provider": self.providers[number % self.providers.count],
                "start": .string("\(start)"),
            ], answer: nil)
    }

    /// Books with so many clients until `isOver` or nobody answers any more.
    ///
    /// - Returns: All attempts, those without an answer included; not those that could not even be sent.
    func run(on client: LoopbackClient, clients: Int, until isOver: @escaping @Sendable () -> Bool) async -> [Attempt] {
        await withTaskGroup(of: [Attempt].self) { group in
            for _ in 0..<clients {
                group.addTask {
                    let attempts = Mutex<[Attempt]>([])
                    // The end of the connection is what is waited for: everything of interest is in the account.
                    try? await client.perform { connection in
                        while !isOver() {
                            var attempt = self.attempt()
                            try connection.send(attempt.request(self.token))
                            defer { attempts.withLock { $0.append(attempt) } }
                            attempt.answer = try connection.receive(to: "POST")
                        }
                    }
                    return attempts.withLock { $0 }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }
}
