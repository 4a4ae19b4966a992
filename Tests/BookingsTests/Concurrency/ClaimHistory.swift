import AlmanacStorage

/// What clients asked for at the same time, and what came of it.
///
/// Instants are tickets of one counter: an operation begins when its ticket is drawn and has ended when the second one
/// is. What ended before something else began came before it; of everything else the order is unknown, and the checker
/// takes whichever order speaks for the product. Compare Herlihy and Wing, "Linearizability: A Correctness Condition for
/// Concurrent Objects" (1990).
struct ClaimHistory: Sendable {
    /// What was taken, or asked for.
    struct Time: Sendable, Hashable {
        /// What it is taken of: the ids of providers, the names of rooms.
        let resources: [String]
        let span: Range<Instant>
    }

    /// What a client did, as far as it concerns time that is taken.
    enum Deed: Sendable {
        /// It was given time, under an id; for good, or until an instant.
        case took(String, Time, until: Instant? = nil)
        /// Somebody had time meanwhile, nobody knows when: what was offered and was over before it was seen.
        case glimpsed(Time)
        /// What it was given under one id it has under another from now on, for good.
        case confirmed(String, as: String)
        /// It gave the time back.
        case freed(String)
        /// It was given other time instead.
        case moved(String, Time)
        /// It was refused time because others had it: of each of these groups it needed one.
        case refused(needing: [[String]], span: Range<Instant>, moving: String? = nil)
        /// Time was taken as a fact, under an id, whatever was booked; instead of what that id had taken before.
        case blocked(String, Time)
        /// The clock was set forward.
        case advanced(to: Instant)
        /// Something was refused that nobody else had to do with, or failed.
        case failed(String)
    }

    /// A deed with when it began and when it had ended.
    struct Operation: Sendable {
        let deed: Deed
        let began: Int
        let ended: Int
    }

    let operations: [Operation]
}

/// What a history shows that cannot have been.
enum HistoryFault: Sendable, Hashable {
    /// Two were given the same time of one resource.
    case overlap(String, String, of: String)
    /// Somebody was refused time although it was free all the while.
    case falseRefusal(began: Int)
    /// Somebody was given time that had been blocked before they asked.
    case soldBlockedTime(String)
    /// Somebody waits for time that everybody can have.
    case forgotten(String)
    /// Something failed that should not.
    case failure(String)
}
