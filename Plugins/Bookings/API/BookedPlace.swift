public import AlmanacStorage

/// Where a booking takes place, as it was agreed.
///
/// What is said of a location is what held when the booking was made, whatever has become of the location since.
public struct BookedPlace: Sendable, Hashable {
    /// What sort of place it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
        /// One of the organization's locations.
        case location
        /// Where the customer is.
        case customer
        /// Nowhere: they speak on the telephone.
        case phone
        /// Nowhere: they see each other by video.
        case video
    }

    /// What sort of place it is.
    public let kind: Kind
    /// The location; `nil` unless it is one.
    public var location: ID<Location>?
    /// What the location was called.
    public var name: String?
    /// The address, of the location or of the customer, as it is written on a letter.
    ///
    /// That of a customer is personal data.
    public var addressLines: [String] = []
    /// Degrees to the north, -90…90; known of locations at most.
    public var latitude: Double?
    /// Degrees to the east, -180…180; known when the latitude is.
    public var longitude: Double?
    /// Where those go who meet by video.
    public var link: String?

    /// Describes a place of which nothing else is known.
    public init(kind: Kind) {
        self.kind = kind
    }

    /// Name and address on one line, as calendars and messages show them; `nil` when neither is known.
    public var line: String? {
        let parts = [self.name].compactMap { $0 } + self.addressLines
        return parts.isEmpty ? self.link : parts.joined(separator: ", ")
    }

    /// The coordinates as calendars write them (RFC 5545 §3.8.1.6): degrees north and east with six decimals.
    public var geo: String? {
        guard let latitude = self.latitude, let longitude = self.longitude else { return nil }
        return "\(Self.sixDecimals(latitude));\(Self.sixDecimals(longitude))"
    }

    private static func sixDecimals(_ degrees: Double) -> String {
        let millionths = Int((min(max(degrees, -180), 180) * 1_000_000).rounded())
        let fraction = String(millionths.magnitude % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
        return "\(millionths < 0 ? "-" : "")\(millionths.magnitude / 1_000_000).\(zeros)\(fraction)"
    }
}
