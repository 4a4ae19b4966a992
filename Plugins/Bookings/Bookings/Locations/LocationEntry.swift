internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A location as the catalog has it.
struct LocationEntry: Sendable {
    let id: ID<Location>
    let name: String
    let sortKey: FoldKey
    /// As they are written on a letter; may be empty.
    let addressLines: [String]
    let coordinates: Coordinates?
    /// What was said about its zone; `nil` is the organization's.
    let ownZone: Zone?
    let version: Int
    let isArchived: Bool

    /// What a booking here keeps of it.
    var booked: BookedPlace {
        var place = BookedPlace(kind: .location)
        place.location = self.id
        place.name = self.name
        place.addressLines = self.addressLines
        place.latitude = self.coordinates?.latitude
        place.longitude = self.coordinates?.longitude
        return place
    }
}

/// A location that is to be made or replaced.
struct LocationDraft: Sendable, Equatable {
    var name: String
    var addressLines: [String]
    var coordinates: Coordinates?
    /// `nil` is the organization's.
    var zone: Zone?

    /// How many lines an address has at most.
    static let lines = 0...6
    /// How many code points a line has.
    static let line = 1...200
    /// How many locations one organization has at most.
    static let most = 500
}

/// A row of the locations.
struct LocationRow: Record {
    static let columns: Columns = [
        "id", "name", "address_lines", "latitude", "longitude", "time_zone", "version", "archived_at",
    ]

    let entry: LocationEntry

    init(row: inout RowReader) throws {
        let id: ID<Location> = try row.next()
        let name: String = try row.next()
        let lines: AddressLines = try row.next()
        let latitude: Double? = try row.nextIfPresent()
        let longitude: Double? = try row.nextIfPresent()
        let zone: Zone? = try row.nextIfPresent()
        let version: Int = try row.next()
        var coordinates: Coordinates?
        if let latitude, let longitude { coordinates = Coordinates(latitude: latitude, longitude: longitude) }
        self.entry = LocationEntry(
            id: id, name: name, sortKey: FoldKey(name), addressLines: lines.lines, coordinates: coordinates,
            ownZone: zone, version: version, isArchived: !row.nextIsNull())
    }
}

/// Lines of an address in a column.
struct AddressLines: Sendable, Equatable {
    let lines: [String]
}

extension AddressLines: ColumnValue, JSONStreamable {
    var sqlValue: SQLValue { .json(self) }

    init(column row: inout RowReader) throws {
        self.lines = try JSON(column: &row).array?.compactMap(\.string) ?? []
    }

    func write(to writer: inout JSONWriter) {
        writer.array { writer in
            for line in self.lines { writer.string(line) }
        }
    }
}

/// How long the way from one location to another takes, in minutes.
struct TravelTimeRow: Record {
    static let columns: Columns = ["from_location_id", "to_location_id", "minutes"]

    let way: TravelTimes.Way
    let minutes: Int

    init(row: inout RowReader) throws {
        let from: ID<Location> = try row.next()
        self.way = TravelTimes.Way(from: from, to: try row.next())
        self.minutes = try row.next()
    }
}
