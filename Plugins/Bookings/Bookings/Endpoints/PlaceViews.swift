internal import AlmanacKernel
internal import AlmanacStorage
public import AlmanacSurface
public import BookingsAPI

extension BookedPlace.Kind: APIValue {}

/// Where a booking takes place, as the API shows it.
struct PlaceView: Codable, Sendable {
    let kind: BookedPlace.Kind
    let location: ID<Location>?
    let name: String?
    let addressLines: [String]
    let latitude: Double?
    let longitude: Double?
    let link: String?

    init(_ place: BookedPlace) {
        self.kind = place.kind
        self.location = place.location
        self.name = place.name
        self.addressLines = place.addressLines
        self.latitude = place.latitude
        self.longitude = place.longitude
        self.link = place.link
    }
}

extension PlaceView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", self.kind.rawValue)
            writer.member("location", ifPresent: self.location)
            writer.member("name", ifPresent: self.name)
            writer.member("addressLines", self.addressLines)
            writer.member("latitude", ifPresent: self.latitude.flatMap { JSONNumber($0) }.map(JSON.number))
            writer.member("longitude", ifPresent: self.longitude.flatMap { JSONNumber($0) }.map(JSON.number))
            writer.member("link", ifPresent: self.link)
        }
    }
}

/// Where an event type takes place, on the wire.
struct PlaceValue: APIInput {
    let kind: BookedPlace.Kind
    let locations: [ID<Location>]
    let link: String?

    static let constraints: [String: Constraint] = [
        "kind": .field("At one of the locations, at the customer's, on the telephone or by video."),
        "locations": .items(
            0...PlaceTerms.mostLocations, default: [],
            "For `location`: where, the preferred first; of several customers choose one."),
        "link": .text(0...1_000, "For `video`: the https address where they meet, which only those who book are told."),
    ]

    /// What the event type says, without the link for those who only look.
    init(_ terms: PlaceTerms, isForStaff: Bool) {
        self.kind = terms.kind
        self.locations = terms.locations
        self.link = isForStaff ? terms.link : nil
    }

    var terms: PlaceTerms { PlaceTerms(kind: self.kind, locations: self.locations, link: self.link) }
}

/// What somebody wants an event type to say of where it takes place.
struct PlaceDraft: Sendable, Equatable {
    /// `nil` says nothing.
    let terms: PlaceTerms?

    /// What is wrong with it.
    func faults(in catalog: Catalog, capacity: Int) -> [Refusal.Field] {
        guard let terms = self.terms else { return [] }
        var fields: [Refusal.Field] = []
        var seen: Set<ID<Location>> = []
        for (index, location) in terms.locations.enumerated() {
            if catalog.location(location) == nil {
                fields.append(.init("/place/locations/\(index)", "unknown_location", "there is no such location"))
            } else if !seen.insert(location).inserted {
                fields.append(.init("/place/locations/\(index)", "duplicate", "each location may come once only"))
            }
        }
        if terms.kind == .location, terms.locations.isEmpty {
            fields.append(.init("/place/locations", "required", "name at least one location"))
        } else if terms.kind != .location, !terms.locations.isEmpty {
            fields.append(.init("/place/locations", "location_not_used", "only what is at a location has locations"))
        }
        if let link = terms.link {
            if terms.kind != .video {
                fields.append(.init("/place/link", "link_not_used", "only what takes place by video has a link"))
            } else if !Self.isLink(link) {
                fields.append(.init("/place/link", "link", "expected an address that begins with https://"))
            }
        }
        if terms.kind == .customer, capacity > 1 {
            fields.append(
                .init("/capacity", "too_many", "those who share a session are not all at home in one place"))
        }
        return fields
    }

    private static func isLink(_ text: String) -> Bool {
        let scheme = "https://"
        return text.hasPrefix(scheme) && text.utf8.count > scheme.utf8.count
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
    }
}
