internal import AlmanacStorage
internal import BookingsAPI

/// The form in which bookings and holds keep their place for ever.
///
/// The address of a customer is not part of it: it stands in a column of its own, which is erased with the customer.
struct StoredPlace: Sendable {
    let place: BookedPlace
}

extension StoredPlace: ColumnValue, JSONStreamable {
    var sqlValue: SQLValue { .json(self) }

    init(column row: inout RowReader) throws {
        let json = try JSON(column: &row)
        guard let kind = json["kind"]?.string.flatMap(BookedPlace.Kind.init(rawValue:)) else {
            throw RowError("the place of a booking is of no known kind")
        }
        var place = BookedPlace(kind: kind)
        place.location = json["location"]?.string.flatMap { ID($0) }
        place.name = json["name"]?.string
        place.addressLines = json["addressLines"]?.array?.compactMap(\.string) ?? []
        place.latitude = json["latitude"]?.double
        place.longitude = json["longitude"]?.double
        place.link = json["link"]?.string
        self.place = place
    }

    func write(to writer: inout JSONWriter) {
        let place = self.place
        writer.object { writer in
            writer.member("kind", place.kind.rawValue)
            writer.member("location", ifPresent: place.location)
            writer.member("name", ifPresent: place.name)
            if place.kind != .customer { writer.member("addressLines", place.addressLines) }
            writer.member("latitude", ifPresent: place.latitude.flatMap { JSONNumber($0) }.map(JSON.number))
            writer.member("longitude", ifPresent: place.longitude.flatMap { JSONNumber($0) }.map(JSON.number))
            writer.member("link", ifPresent: place.link)
        }
    }
}

extension BookedPlace {
    /// Where somebody is during it, as far as the way matters.
    var whereabouts: Whereabouts? {
        switch self.kind {
        case .location: self.location.map(Whereabouts.location)
        case .customer: .customer
        case .phone, .video: nil
        }
    }

    /// What a column with the address of the customer holds.
    var customerAddress: AddressLines? { self.kind == .customer ? AddressLines(lines: self.addressLines) : nil }
}
