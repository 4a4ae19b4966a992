internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A location as everybody sees it.
struct LocationView: Codable, Sendable, Versioned {
    let id: ID<Location>
    let name: String
    let addressLines: [String]
    let coordinates: CoordinatesValue?
    let timeZone: Zone
    let version: Int

    init(_ entry: LocationEntry, _ organization: Organization) {
        self.id = entry.id
        self.name = entry.name
        self.addressLines = entry.addressLines
        self.coordinates = entry.coordinates.map { CoordinatesValue($0) }
        self.timeZone = entry.ownZone ?? organization.zone
        self.version = entry.version
    }
}

/// A point on the earth, on the wire.
struct CoordinatesValue: APIInput, Equatable {
    let latitude: Double
    let longitude: Double

    static let constraints: [String: Constraint] = [
        "latitude": .number(-90...90, "Degrees to the north."),
        "longitude": .number(-180...180, "Degrees to the east."),
    ]

    init(_ coordinates: Coordinates) {
        self.latitude = coordinates.latitude
        self.longitude = coordinates.longitude
    }

    /// The point, or a refusal of what is out of range.
    func coordinates() throws -> Coordinates {
        guard let coordinates = Coordinates(latitude: self.latitude, longitude: self.longitude) else {
            let isLatitude = !(-90...90).contains(self.latitude)
            throw Refusal.invalid(
                "/coordinates/\(isLatitude ? "latitude" : "longitude")", "out_of_range",
                isLatitude ? "expected -90 to 90 degrees to the north" : "expected -180 to 180 degrees to the east")
        }
        return coordinates
    }
}

extension LocationDraft {
    static let constraints: [String: Constraint] = [
        "name": .text(1...200, "What customers read."),
        "addressLines": .items(Self.lines, length: Self.line, default: [], "As they are written on a letter."),
        "coordinates": .field("Where it is: for maps, and for how long it takes to get there."),
        "timeZone": .field("The zone of its clocks; the organization's, when left out."),
    ]
}

/// The input of `POST /locations`.
struct CreateLocation: APIInput {
    let name: String
    let addressLines: [String]
    let coordinates: CoordinatesValue?
    let timeZone: Zone?

    static let constraints = LocationDraft.constraints

    func draft() throws -> LocationDraft {
        LocationDraft(
            name: self.name, addressLines: self.addressLines, coordinates: try self.coordinates?.coordinates(),
            zone: self.timeZone)
    }
}

/// The input of `PUT /locations/{id}`: all of it is replaced.
struct ReplaceLocation: APIInput {
    let id: ID<Location>
    let name: String
    let addressLines: [String]
    let coordinates: CoordinatesValue?
    let timeZone: Zone?

    static let constraints = LocationDraft.constraints

    func draft() throws -> LocationDraft {
        LocationDraft(
            name: self.name, addressLines: self.addressLines, coordinates: try self.coordinates?.coordinates(),
            zone: self.timeZone)
    }
}

/// The input of what asks for one location.
struct LocationByID: APIInput {
    let id: ID<Location>
}

/// How long the ways from one location to the others take.
struct TravelTimesView: Codable, Sendable, Versioned {
    /// The way to one of them.
    struct Item: Codable, Sendable {
        let to: ID<Location>
        let minutes: Int
        /// How that is known.
        let source: TravelTimes.Source
    }

    let location: ID<Location>
    /// The ways to all others, by their names.
    let items: [Item]
    let version: Int
}

extension TravelTimes.Source: APIValue {}

/// The input of `PUT /locations/{id}/travel-times`: everything that was said of ways from there is replaced.
struct ReplaceTravelTimes: APIInput {
    /// How long the way to another location takes.
    struct Way: APIInput {
        let to: ID<Location>
        let minutes: Int

        static let constraints: [String: Constraint] = [
            "to": .field("Another location; the way back takes as long, unless it has a time of its own."),
            "minutes": .integer(TravelRules.minutes),
        ]
    }

    let id: ID<Location>
    let travelTimes: [Way]

    static let constraints: [String: Constraint] = [
        "travelTimes": .items(
            0...LocationDraft.most, "Of whom nothing is said the way is computed from the coordinates.")
    ]
}
