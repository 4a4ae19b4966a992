internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Where an event type takes place.
struct PlaceTerms: Sendable, Hashable {
    let kind: BookedPlace.Kind
    /// Where it can be, the preferred first; empty unless it is at a location.
    ///
    /// Of several customers choose one.
    var locations: [ID<Location>] = []
    /// Where those go who meet by video.
    var link: String?

    /// The most locations one event type has.
    static let mostLocations = 50
}

extension EventTypeEntry {
    /// Where a booking of it would be.
    ///
    /// - Parameters:
    ///   - chosen: The location that was asked for.
    ///   - catalog: Where its locations stand.
    /// - Returns: `nil` when nothing is said about where it takes place.
    /// - Throws: ``Refusal`` when a location is needed and none was named, or one that is not offered.
    func place(choosing chosen: ID<Location>?, in catalog: Catalog) throws -> BookedPlace? {
        guard let terms = self.place, terms.kind == .location else {
            guard chosen == nil else {
                throw Refusal.invalid(
                    "/location", "location_not_chosen", "this takes place at no location: leave `location` out")
            }
            return self.place.map { terms in
                var place = BookedPlace(kind: terms.kind)
                place.link = terms.link
                return place
            }
        }
        let offered = terms.locations.compactMap(catalog.location)
        guard let chosen else {
            guard offered.count == 1, let only = offered.first else {
                throw Refusal.invalid(
                    "/location", "required", "say where: `place` of GET /event-types/{id} lists the locations")
            }
            return only.booked
        }
        guard let location = offered.first(where: { $0.id == chosen }) else {
            throw Refusal.invalid("/location", "location_not_offered", "this does not take place at this location")
        }
        return location.booked
    }

    /// The place of a new booking, with the address that its customer has given.
    func place(choosing chosen: ID<Location>?, at address: [String], in catalog: Catalog) throws -> BookedPlace? {
        try self.place(choosing: chosen, in: catalog).map { try $0.settled(at: address) }
            ?? BookedPlace.nowhere(at: address)
    }
}

extension BookedPlace {
    /// The place with the address of the customer, who must give one where it takes place at theirs, and only there.
    func settled(at address: [String]) throws -> BookedPlace {
        guard self.kind == .customer else {
            _ = try Self.nowhere(at: address)
            return self
        }
        guard !address.isEmpty else {
            throw Refusal.invalid("/addressLines", "required", "say where the customer is, line by line")
        }
        var place = self
        place.addressLines = address
        return place
    }

    /// No place at all, for which no address may be given.
    static func nowhere(at address: [String]) throws -> BookedPlace? {
        guard address.isEmpty else {
            throw Refusal.invalid(
                "/addressLines", "address_not_used", "this does not take place at the customer's: leave the address out"
            )
        }
        return nil
    }
}

extension Catalog {
    /// The ways between a place and others; `nil` where no place matters.
    func travel(to place: BookedPlace?, _ rules: () throws -> TravelRules) rethrows -> Travel? {
        guard let place = place?.whereabouts else { return nil }
        return Travel(to: place, self.travelTimes, try rules())
    }
}
