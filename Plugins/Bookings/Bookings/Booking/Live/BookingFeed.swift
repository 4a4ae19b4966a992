internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Tells those who look at a calendar what changes in it, as it happens.
///
/// It writes nothing and counts nothing: what is new among bookings and their changes is found by their identifiers,
/// which begin with the time at which they were made (RFC 9562 §5.7). Those do not become visible in their order, so
/// that a stretch of ``window`` before now is read again each time, and what was told of it is remembered. The position
/// of an event is the beginning of that stretch: whoever comes again with it misses nothing, and may be told some of it
/// twice.
struct BookingFeed: Sendable {
    let reader: BookingReader

    /// How long after its identifier was made a change may become visible at the latest, in milliseconds: longer than
    /// any transaction may take, and hosts' clocks differ.
    static let window: Int64 = 60_000
    /// How long ago somebody may have been here last who is told what happened meanwhile, in milliseconds.
    private static let patience: Int64 = 86_400_000
    /// How many bookings and how many changes are looked at each time; where there are more, all has to be read anew.
    private static let most = 500

    /// How far somebody has been told.
    struct Place: Sendable {
        /// Everything that was made before is known, in milliseconds since 1970.
        var after: Int64
        /// What was made since and is known.
        var told: Set<ID<BookingFeed>> = []
        /// What of the time that is taken was known.
        var taken: Int64?
        var opening: Opening?
    }

    /// What is said before anything else.
    enum Opening: Sendable {
        /// They begin now.
        case fresh
        /// Nobody knows any more what they have missed.
        case lost
    }

    /// A change of a booking, as those are told who may see it.
    struct Change: Codable, Sendable {
        /// The booking.
        let id: ID<Booking>
        /// What happened to it.
        let kind: Kind
        /// Its facts as they are now; absent for those who may not see it any more.
        let booking: Facts?
    }

    /// What happened to a booking.
    enum Kind: String, CaseIterable, Codable, Sendable, APIValue {
        case made, rescheduled, cancelled, confirmed, rejected, expired, started, completed, noShow
    }

    /// What a calendar shows of a booking before it is read.
    struct Facts: Codable, Sendable {
        let status: Booking.Status
        let provider: ID<Provider>
        let start: Instant
        let end: Instant
        let version: Int
    }

    static let following = LiveEventKind<Nothing>(
        "following", "From now on changes are told: the first event of a stream that begins anew.")
    static let booking = LiveEventKind<Change>("booking", "A booking that the caller may see was made or has changed.")
    static let taken = LiveEventKind<Nothing>(
        "taken", "Time was taken or became free otherwise, as by blocked times: for the staff.")
    static let reload = LiveEventKind<Nothing>(
        "reload", "More has happened than can be told: read anew what is shown.")

    /// What the endpoint asks.
    var query: LiveQuery<Nothing, Place> {
        LiveQuery(
            "bookings.follow", .permission(.readBooking),
            events: [
                Self.following.described, Self.booking.described, Self.taken.described, Self.reload.described,
            ]
        ) { _, call in
            Self.subject(call.organization)
        } begin: { _, position, call, tx in
            try self.begin(at: position, call, in: tx)
        } next: { _, place, call, tx in
            try self.next(&place, call, in: tx)
        }
    }

    private static func milliseconds(_ instant: Instant) -> Int64 { max(0, instant.microseconds / 1_000) }

    private func begin(at position: Int64?, _ call: Call, in tx: ReadTransaction) throws -> Place {
        // Whose bookings they are told of is asked for with each piece.
        _ = try tx.filter(.readBooking)
        let now = Self.milliseconds(tx.now)
        if let position, position <= now, now - position <= Self.patience { return Place(after: position) }
        var place = Place(after: max(0, now - Self.window), opening: position == nil ? .fresh : .lost)
        place.told = Set(try self.found(after: place.after, call, in: tx).map(\.id))
        return place
    }

    private func next(_ place: inout Place, _ call: Call, in tx: ReadTransaction) throws -> LiveBatch {
        let horizon = max(place.after, Self.milliseconds(tx.now) - Self.window)
        let found = try self.found(after: place.after, call, in: tx)
        let taken = try self.stamps(call, in: tx)
        var events: [LiveEvent] = []
        switch place.opening {
        case .fresh?: events.append(LiveEvent(Self.following, Nothing(), at: horizon))
        case .lost?: events.append(LiveEvent(Self.reload, Nothing(), at: horizon))
        case nil: break
        }
        place.opening = nil
        if found.count >= Self.most {
            events.append(LiveEvent(Self.reload, Nothing(), at: horizon))
        } else {
            // What several changes have made of a booking is told once.
            var known: Set<ID<Booking>> = []
            for row in found.reversed() where !place.told.contains(row.id) && known.insert(row.booking).inserted {
                let change = Change(id: row.booking, kind: row.kind, booking: row.facts)
                events.append(LiveEvent(Self.booking, change, at: horizon))
            }
        }
        if events.isEmpty, let before = place.taken, before != taken {
            events.append(LiveEvent(Self.taken, Nothing(), at: horizon))
        }
        place.taken = taken
        place.after = horizon
        let floor: ID<BookingFeed> = Self.floor(horizon)
        place.told = Set(found.map(\.id).filter { floor < $0 })
        return LiveBatch(events)
    }

    /// The smallest identifier that is made at a time.
    private static func floor<Entity>(_ milliseconds: Int64) -> ID<Entity> {
        ID(high: UInt64(max(0, milliseconds)) << 16, low: 0)
    }

    // MARK: What has happened

    /// Something that has happened to a booking.
    private struct Row: Record {
        static let columns: Columns = [
            "id", "kind", "booking_id", "status", "provider_id", "start_at", "end_at", "version",
        ]
        let id: ID<BookingFeed>
        let kind: Kind
        let booking: ID<Booking>
        let facts: Facts?

        init(row: inout RowReader) throws {
            self.id = try row.next()
            let kind: String = try row.next()
            self.kind = Kind(rawValue: kind) ?? .rescheduled
            self.booking = try row.next()
            guard let status: Booking.Status = try row.nextIfPresent() else {
                self.facts = nil
                return
            }
            self.facts = Facts(
                status: status, provider: try row.next(), start: try row.next(), end: try row.next(),
                version: try row.next())
        }
    }

    /// What was made after a time and the caller may know of, in the order of identifiers.
    private func found(after: Int64, _ call: Call, in tx: ReadTransaction) throws -> [Row] {
        let access = try self.reader.access(in: tx)
        let isSeen: SQL = access.isEmpty ? "TRUE" : SQL.joined(access, by: " AND ")
        let made: ID<Booking> = Self.floor(after)
        let changed: ID<BookingChange> = Self.floor(after)
        let facts: SQL = "b.status, b.provider_id, b.start_at, b.end_at, b.version"
        let bookings = try tx.fetchAll(
            """
            SELECT b.id, 'made', b.id, \(facts) FROM \(BookingsSchema.booking) b
            WHERE b.organization_id = \(call.organization) AND b.id > \(made) AND \(isSeen)
            ORDER BY b.id DESC LIMIT \(Self.most)
            """, as: Row.self)
        var changes = try tx.fetchAll(
            """
            SELECT h.id, h.kind, b.id, \(facts)
            FROM \(BookingsSchema.bookingChange) h JOIN \(BookingsSchema.booking) b
                ON b.organization_id = h.organization_id AND b.id = h.booking_id
            WHERE h.organization_id = \(call.organization) AND h.id > \(changed) AND \(isSeen)
            ORDER BY h.id DESC LIMIT \(Self.most)
            """, as: Row.self)
        // Whom a booking was taken from may not see it any more, and has it on their screen.
        if case .assigned(let person) = try tx.filter(.readBooking), let own = try self.reader.provider(person, in: tx)
        {
            changes += try tx.fetchAll(
                """
                SELECT h.id, h.kind, b.id, NULL, NULL, NULL, NULL, NULL
                FROM \(BookingsSchema.bookingChange) h JOIN \(BookingsSchema.booking) b
                    ON b.organization_id = h.organization_id AND b.id = h.booking_id
                WHERE h.organization_id = \(call.organization) AND h.id > \(changed)
                    AND h.from_provider_id = \(own) AND NOT (\(isSeen))
                ORDER BY h.id DESC LIMIT \(Self.most)
                """, as: Row.self)
        }
        return (bookings + changes).sorted { $0.id < $1.id }
    }

    /// A number that changes whenever time of a resource is taken or becomes free that the caller knows of: none of
    /// customers.
    private func stamps(_ call: Call, in tx: ReadTransaction) throws -> Int64 {
        switch try tx.filter(.readBooking) {
        case .own: return 0
        case .organization: return try Self.stamps(of: "TRUE", call.organization, in: tx)
        case .assigned(let person):
            return try Self.stamps(
                of: """
                    s.resource_id IN (
                        SELECT p.resource_id FROM \(BookingsSchema.provider) p
                        WHERE p.organization_id = \(call.organization) AND p.person_id = \(person))
                    """, call.organization, in: tx)
        }
    }

    private static func stamps(
        of condition: SQL, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> Int64 {
        var sum: UInt64 = 0
        try tx.forEach(
            """
            SELECT s.stamp FROM \(ClaimStampSchema.stamp) s
            WHERE s.organization_id = \(organization) AND \(condition)
            """
        ) { row in
            let stamp: ID<ClaimStamps> = try row.next()
            sum &+= stamp.high ^ stamp.low
        }
        return Int64(bitPattern: sum)
    }

    // MARK: Waking

    /// The bookings of an organization.
    static func subject(_ organization: OrganizationID) -> LiveSubject {
        LiveSubject("bookings.all", ID<BookingFeed>(high: 0, low: 0), in: organization)
    }

    /// Whether anything may have changed: of the time that is taken, the bookings, what has happened to them.
    static let topic = LiveTopic("bookings.all") { subjects, tx in
        var numbers: [LiveSubject: Int64] = [:]
        for subject in subjects {
            let organization = subject.organization
            var number = UInt64(bitPattern: try Self.stamps(of: "TRUE", organization, in: tx))
            let latest: [SQL] = ["\(BookingsSchema.booking)", "\(BookingsSchema.bookingChange)"]
            for table in latest {
                let id: ID<BookingFeed>? = try tx.value(
                    "SELECT id FROM \(table) WHERE organization_id = \(organization) ORDER BY id DESC LIMIT 1")
                number &+= (id?.high ?? 0) ^ (id?.low ?? 0)
            }
            numbers[subject] = Int64(bitPattern: number)
        }
        return numbers
    }
}
