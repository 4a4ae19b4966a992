internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `GET /slots`.
struct FindSlots: APIInput {
    let eventType: String
    let provider: ID<Provider>?
    let from: LocalDate
    let to: LocalDate
    let timeZone: Zone?
    let seats: Int
    let location: ID<Location>?

    static let constraints: [String: Constraint] = [
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "provider": .field("Only slots of this provider; of their stand-in, on dates on which they are away."),
        "from": .field("The first date."),
        "to": .field("The last date; at most 62 dates in all."),
        "seats": .integer(GroupTerms.capacities, default: 1, "Only where so many seats are left."),
        "location": .field("Where, if customers choose among several locations."),
        "timeZone": .field("The zone in which the dates are meant; the organization's, when left out."),
    ]

    /// The most dates one question may ask for.
    static let mostDays = 62
}

/// The free slots of an event type, by start.
///
/// Written by the thousand, so that it writes itself.
struct SlotList: Codable, Sendable, JSONStreamable {
    /// A start that can be booked.
    struct Item: Codable, Sendable {
        let start: Instant
        let end: Instant
        /// Who comes first of those who are free.
        let provider: ID<Provider>
        /// Everybody who is free.
        let providers: [ID<Provider>]
        /// What a booking would take, in the order of `providers`.
        let resources: [ID<Resource>]
        /// How many seats one booking could take, where a session has several.
        let seatsLeft: Int?
    }

    let items: [Item]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("items")
            writer.array { writer in
                for item in self.items {
                    writer.object { writer in
                        writer.member("start", item.start)
                        writer.member("end", item.end)
                        writer.member("provider", item.provider)
                        writer.member("providers", item.providers)
                        writer.member("resources", item.resources)
                        writer.member("seatsLeft", ifPresent: item.seatsLeft)
                    }
                }
            }
        }
    }
}
