/// How long and how often sending a mail is tried.
package struct MailPolicy: Sendable {
    /// How many mails may wait.
    package var capacity: Int
    /// Seconds after which a mail is not worth sending any more: what stands in it has expired.
    package var lifetimeSeconds: Int64
    /// Seconds of pause after the first failure, the second and so on; the last one is used from then on.
    package var pauses: [Int64]

    /// Describes a policy: a thousand mails, ten minutes, pauses from 2 seconds to two minutes.
    package init(capacity: Int = 1_000, lifetimeSeconds: Int64 = 600, pauses: [Int64] = [2, 5, 15, 30, 60, 120]) {
        self.capacity = capacity
        self.lifetimeSeconds = lifetimeSeconds
        self.pauses = pauses
    }

    /// Seconds of pause after so many failures.
    func pause(after failures: Int) -> Int64 {
        self.pauses.isEmpty ? 0 : self.pauses[min(max(failures - 1, 0), self.pauses.count - 1)]
    }
}

/// What became of mails, since the program began.
package struct MailCounts: Sendable, Equatable {
    /// Somebody took them.
    package var sent = 0
    /// Nobody will ever take them.
    package var refused = 0
    /// They were too old before somebody took them.
    package var expired = 0
    /// There was no room for them.
    package var dropped = 0
    /// There was nowhere to send them to.
    package var unconfigured = 0
    /// They are in the queue, or being sent.
    package var waiting = 0

    package init() {}
}
