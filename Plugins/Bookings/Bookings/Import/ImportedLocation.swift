internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A row of `locations.csv`.
struct ImportedLocation: Sendable {
    let externalID: String
    let draft: LocationDraft

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("name"), .optional("address"), .optional("latitude"),
        .optional("longitude"), .optional("time_zone"),
    ]

    static func read(_ row: inout CSVRow) -> ImportedLocation? {
        let externalID = row.externalID("external_id")
        let name = row.line("name")
        let lines = row.addressLines("address")
        let latitude = row.degrees("latitude", in: -90...90)
        let longitude = row.degrees("longitude", in: -180...180)
        let zone = row.zone("time_zone")
        guard row.problems.isEmpty else { return nil }
        var coordinates: Coordinates?
        switch (latitude, longitude) {
        case (nil, nil): break
        case (let latitude?, let longitude?):
            coordinates = Coordinates(latitude: latitude, longitude: longitude)
        case (nil, _): row.refuse("latitude", "must not be empty when there is a longitude")
        case (_, nil): row.refuse("longitude", "must not be empty when there is a latitude")
        }
        return ImportedLocation(
            externalID: externalID,
            draft: LocationDraft(name: name, addressLines: lines, coordinates: coordinates, zone: zone))
    }
}

/// A row of `travel_times.csv`: how long the way from one location to another takes.
struct ImportedTravelTime: Sendable {
    let from: String
    let to: String
    let minutes: Int

    static let columns: [CSVColumn] = [.required("from"), .required("to"), .required("minutes")]

    static func read(_ row: inout CSVRow) -> ImportedTravelTime? {
        let from = row.externalID("from")
        let to = row.externalID("to")
        let minutes = row.integer("minutes", in: TravelRules.minutes)
        if !from.isEmpty, from.utf8.elementsEqual(to.utf8) { row.refuse("to", "must be another location than `from`") }
        return ImportedTravelTime(from: from, to: to, minutes: minutes)
    }
}

extension CSVRow {
    /// The external id of something in another file, or nothing.
    mutating func reference(_ column: String) -> String? {
        self.optionalValue(column, expected: "an id of 1 to 100 letters, digits and - _ . :") {
            Self.isExternalID($0) ? $0 : nil
        }
    }

    /// An address as `Herrengasse 1 | 8010 Graz`, or none.
    mutating func addressLines(_ column: String) -> [String] {
        self.optionalValue(column, expected: "at most 6 lines with | between them, of 1 to 200 characters each") {
            text in
            let lines = text.split(separator: "|", omittingEmptySubsequences: false).map { line in
                String(
                    String.UnicodeScalarView(
                        line.unicodeScalars.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
            }
            return LocationDraft.lines.contains(lines.count) && lines.allSatisfy(Self.isLine) ? lines : nil
        } ?? []
    }

    /// Degrees with a point before the fraction, or nothing.
    mutating func degrees(_ column: String, in range: ClosedRange<Double>) -> Double? {
        self.optionalValue(column, expected: "degrees from \(Int(range.lowerBound)) to \(Int(range.upperBound))") {
            text in
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "-.e".utf8.contains($0) }) else { return nil }
            return Double(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// What sort of place something takes place at, and which; or nothing.
    mutating func place(_ column: String, at locations: String) -> (kind: BookedPlace.Kind, locations: [String])? {
        let names = self.list(locations)
        let words = BookedPlace.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        let kind = self.optionalValue(column, expected: "one of \(words)") { BookedPlace.Kind(rawValue: $0) }
        guard let kind else {
            if !names.isEmpty, self.problems.isEmpty {
                self.refuse(column, "must say `location` where there are locations")
            }
            return nil
        }
        if kind == .location, names.isEmpty { self.refuse(locations, "must name at least one location") }
        if kind != .location, !names.isEmpty { self.refuse(locations, "must be empty unless the place is `location`") }
        return (kind, names)
    }
}
