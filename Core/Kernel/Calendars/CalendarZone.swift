internal import AlmanacStorage

/// Which instants the times of a calendar mean.
enum CalendarZone: Sendable {
    /// A zone of the system's database.
    case named(Zone)
    /// One that the calendar describes itself.
    case described(DescribedZone)

    /// The instant at which the wall shows a time, as RFC 5545 §3.3.5 reads it.
    func instant(of local: LocalDateTime) -> Instant {
        switch self {
        case .named(let zone): zone.instants(of: local).compatible
        case .described(let zone): zone.instant(of: local)
        }
    }

    /// What the wall shows at an instant.
    func local(at instant: Instant) -> LocalDateTime {
        switch self {
        case .named(let zone):
            let (date, second) = zone.local(at: instant)
            return LocalDateTime(date, secondOfDay: second)
        case .described(let zone): return zone.local(at: instant)
        }
    }

    /// The zone of the database that a calendar means by a name.
    ///
    /// Some programs put a path of their own before the name: `/example.org/20050126_1/Europe/Berlin`.
    static func named(_ name: String) -> Zone? {
        guard (1...255).contains(name.utf8.count) else { return nil }
        if let zone = try? Zone(name) { return zone }
        let parts = name.split(separator: "/")
        for count in [3, 2] where parts.count > count {
            if let zone = try? Zone(parts.suffix(count).joined(separator: "/")) { return zone }
        }
        return nil
    }
}
