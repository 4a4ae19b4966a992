internal import AlmanacStorage

/// What is going to happen in a simulation, by time and then in the order in which it was planned.
struct SimulatedAgenda: Sendable {
    /// Something that happens.
    struct Event: Sendable {
        let at: Instant
        let deed: SimulatedDeed
        fileprivate let number: Int

        fileprivate func comes(before other: Self) -> Bool { (self.at, self.number) < (other.at, other.number) }
    }

    /// A binary heap: no event comes before the one at half its place.
    private var events: [Event] = []
    private var count = 0

    mutating func add(_ deed: SimulatedDeed, at: Instant) {
        self.count += 1
        self.events.append(Event(at: at, deed: deed, number: self.count))
        var place = self.events.count - 1
        while place > 0, self.events[place].comes(before: self.events[(place - 1) / 2]) {
            self.events.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes what comes next, if that is before an instant.
    mutating func next(before end: Instant) -> Event? {
        guard let first = self.events.first, first.at < end else { return nil }
        self.events.swapAt(0, self.events.count - 1)
        self.events.removeLast()
        var place = 0
        while true {
            let children = [2 * place + 1, 2 * place + 2].filter { self.events.indices.contains($0) }
            guard let child = children.min(by: { self.events[$0].comes(before: self.events[$1]) }),
                self.events[child].comes(before: self.events[place])
            else { return first }
            self.events.swapAt(child, place)
            place = child
        }
    }
}

/// What happens in a simulation.
enum SimulatedDeed: Sendable {
    /// A customer wants an appointment.
    case wish
    /// A customer has made up their mind.
    case decide(SimulatedChoice)
    /// Somebody looks at a booking that waits for approval.
    case judge(String)
    /// A customer wants another time.
    case move(String, customer: Int, eventType: String, seats: Int)
    /// A customer does not want it any more.
    case cancel(String, customer: Int)
    /// It begins.
    case begin(String)
    /// It is over.
    case finish(String)
}

/// What a customer has found and thinks about.
struct SimulatedChoice: Sendable {
    let customer: Int
    let eventType: String
    let start: String
    let seats: Int
    /// The hold that keeps it meanwhile.
    var hold: String?
    /// Whether nobody could have come between: then it must be there still.
    var isAtOnce = false
}

/// Something that customers of a simulation can book.
struct SimulatedOffer: Sendable {
    let slug: String
    let minutes: Int
    let capacity: Int

    /// Reads an event type as the API shows it.
    init?(_ json: JSON) {
        guard let slug = json["slug"]?.string, let minutes = json["durationMinutes"]?.int, minutes > 0 else {
            return nil
        }
        self.slug = slug
        self.minutes = minutes
        self.capacity = json["capacity"]?.int ?? 1
    }
}
