internal import AlmanacStorage
internal import BookingsAPI

/// Where somebody is during an appointment, as far as it decides on the way to the next one.
enum Whereabouts: Sendable, Hashable {
    case location(ID<Location>)
    /// Where a customer is: every customer somewhere else.
    case customer

    /// The location, if it is one.
    var location: ID<Location>? {
        if case .location(let id) = self { id } else { nil }
    }
}

/// How long ways take that nobody has said anything about; organizations choose it for themselves.
struct TravelRules: Sendable, Hashable {
    /// How fast people get from one location to another, as the crow flies.
    var kilometersPerHour: Int
    /// The way to a customer and from there, in minutes.
    var customerMinutes: Int

    static let speeds = 1...1_000
    /// The longest way that counts, in minutes: a day.
    static let minutes = 0...MinuteRange.day
}

/// What an organization knows about the ways between its locations.
struct TravelTimes: Sendable {
    /// From where to where.
    struct Way: Sendable, Hashable {
        let from: ID<Location>
        let to: ID<Location>

        var back: Way { Way(from: self.to, to: self.from) }
    }

    /// What is known about a way.
    enum Source: String, Sendable, CaseIterable, Codable {
        /// Somebody has said how long it takes.
        case stated
        /// Somebody has said how long the way back takes.
        case statedBack
        /// It was computed from the coordinates.
        case computed
        /// Nothing: it takes no time.
        case unknown
    }

    /// What somebody has said, in minutes.
    var stated: [Way: Int] = [:]
    /// Where locations are, those included that are archived.
    var coordinates: [ID<Location>: Coordinates] = [:]

    /// How long a way takes, in minutes within ``TravelRules/minutes``, and how that is known.
    ///
    /// A way between a place and itself takes no time. What is said of one direction holds for the other, unless that
    /// has a time of its own.
    func minutes(_ way: Way, _ rules: TravelRules) -> (minutes: Int, source: Source) {
        if way.from == way.to { return (0, .stated) }
        if let stated = self.stated[way] { return (stated, .stated) }
        if let stated = self.stated[way.back] { return (stated, .statedBack) }
        guard let from = self.coordinates[way.from], let to = self.coordinates[way.to] else { return (0, .unknown) }
        let minutes = from.kilometers(to: to) / Double(max(rules.kilometersPerHour, 1)) * 60
        let most = TravelRules.minutes.upperBound
        return (minutes < Double(most) ? Int(minutes.rounded(.up)) : most, .computed)
    }
}

/// The ways to and from where an appointment that is asked for would be, each worked out once.
struct Travel: Sendable {
    /// Where it would be.
    let place: Whereabouts
    private var from: [ID<Location>: Int64] = [:]
    private var to: [ID<Location>: Int64] = [:]
    private let customer: Int64
    /// The longest of them, in microseconds.
    private(set) var longest: Int64

    init(to place: Whereabouts, _ times: TravelTimes, _ rules: TravelRules) {
        self.place = place
        self.customer = TimeSpan.bounded(minutes: min(rules.customerMinutes, TravelRules.minutes.upperBound))
        self.longest = self.customer
        guard case .location(let here) = place else { return }
        let known = Set(times.coordinates.keys).union(times.stated.keys.flatMap { [$0.from, $0.to] })
        for there in known where there != here {
            let (way, back) = (TravelTimes.Way(from: there, to: here), TravelTimes.Way(from: here, to: there))
            let (from, to) = (
                TimeSpan.bounded(minutes: times.minutes(way, rules).minutes),
                TimeSpan.bounded(minutes: times.minutes(back, rules).minutes)
            )
            self.from[there] = from
            self.to[there] = to
            self.longest = max(self.longest, from, to)
        }
    }

    /// A claim with the ways between where it is and where the appointment would be.
    ///
    /// What is nowhere, as a telephone call or blocked time, has none.
    func placed(_ span: ClaimSpan, at place: Whereabouts?) -> ClaimSpan {
        guard let place else { return span }
        var span = span
        switch (place, self.place) {
        case (.location(let there), .location):
            span.wayFrom = self.from[there] ?? 0
            span.wayTo = self.to[there] ?? 0
        default:
            span.wayFrom = self.customer
            span.wayTo = self.customer
        }
        return span
    }
}
