internal import AlmanacKernel
internal import AlmanacStorage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A point on the earth, in degrees of WGS 84.
struct Coordinates: Sendable, Hashable {
    /// To the north, -90…90.
    let latitude: Double
    /// To the east, -180…180.
    let longitude: Double

    /// - Returns: `nil` when one of them is out of range, or no number.
    init?(latitude: Double, longitude: Double) {
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }

    /// The mean radius of the earth, in kilometers (IUGG).
    private static let earthRadius = 6_371.0088

    /// The distance over the surface of a sphere, in kilometers, by the haversine formula, which is exact enough near by.
    func kilometers(to other: Coordinates) -> Double {
        let (from, to) = (self.latitude * .pi / 180, other.latitude * .pi / 180)
        let (dNorth, dEast) = (to - from, (other.longitude - self.longitude) * .pi / 180)
        let (north, east) = (sin(dNorth / 2), sin(dEast / 2))
        let square = north * north + cos(from) * cos(to) * east * east
        return 2 * Self.earthRadius * asin(min(1, square.squareRoot()))
    }
}
