internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A session that is planned or scheduled, as an inspection reads it.
struct InspectedSession: Record {
    /// One resource of it during one of its times.
    struct Place: Hashable, Comparable {
        let resource: ID<Resource>
        let core: Range<Instant>

        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.resource, lhs.core.lowerBound, lhs.core.upperBound)
                < (rhs.resource, rhs.core.lowerBound, rhs.core.upperBound)
        }
    }

    static let columns: Columns = ["id", "status", "capacity", "start_at", "end_at"]

    let id: ID<GroupSession>
    let status: GroupSessionStatus
    let capacity: Int
    let start: Instant
    let end: Instant
    /// Its times, in order; read after the row.
    var parts: [Range<Instant>] = []
    /// What it takes, in order, with how many units; read after the row.
    var resources: [(id: ID<Resource>, units: Int)] = []

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.status = try row.next()
        self.capacity = try row.next()
        self.start = try row.next()
        self.end = try row.next()
    }

    /// Whether it takes time: it was published and not called off.
    var takesTime: Bool { self.status == .scheduled || self.status == .completed }

    /// How many units it takes, where and when.
    var places: [Place: Int] {
        guard self.takesTime else { return [:] }
        var places: [Place: Int] = [:]
        for part in self.parts {
            for resource in self.resources {
                places[Place(resource: resource.id, core: part), default: 0] += resource.units
            }
        }
        return places
    }

    /// Where its seats are counted: on the time line of who leads it, during its first time.
    var seat: Place? {
        guard let lead = self.resources.first, let first = self.parts.first else { return nil }
        return Place(resource: lead.id, core: first)
    }
}

extension InspectedSession {
    private struct Part: Record {
        static let columns: Columns = ["session_id", "start_at", "end_at"]
        let session: ID<GroupSession>
        let span: Range<Instant>

        init(row: inout RowReader) throws {
            self.session = try row.next()
            let start: Instant = try row.next()
            let end: Instant = try row.next()
            self.span = start..<max(start, end)
        }
    }

    private struct Taken: Record {
        static let columns: Columns = ["session_id", "resource_id", "units"]
        let session: ID<GroupSession>
        let resource: ID<Resource>
        let units: Int

        init(row: inout RowReader) throws {
            self.session = try row.next()
            self.resource = try row.next()
            self.units = try row.next()
        }
    }

    /// The sessions of an organization, with their times and what they take.
    static func all(of organization: OrganizationID, in tx: ReadTransaction) throws -> [ID<GroupSession>: Self] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(SessionSchema.session) WHERE organization_id = \(organization)
            """, as: Self.self)
        guard !rows.isEmpty else { return [:] }
        let parts = try tx.fetchAll(
            """
            SELECT \(Part.columns) FROM \(SessionSchema.part)
            WHERE organization_id = \(organization) ORDER BY session_id, position
            """, as: Part.self)
        // The hosts stand first, and the first of them leads.
        let taken = try tx.fetchAll(
            """
            SELECT \(Taken.columns) FROM \(SessionSchema.resource)
            WHERE organization_id = \(organization)
            ORDER BY session_id, CASE role WHEN 'host' THEN 0 ELSE 1 END, position
            """, as: Taken.self)
        var sessions = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
        for part in parts { sessions[part.session]?.parts.append(part.span) }
        for taken in taken { sessions[taken.session]?.resources.append((taken.resource, taken.units)) }
        return sessions
    }
}
