internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A room or a vehicle as the catalog has it.
struct ResourceEntry: Sendable {
    let id: ID<Resource>
    let kind: ResourceKind
    let name: String
    let sortKey: FoldKey
    /// How many units of it can be taken at one moment.
    let capacity: Int
    /// What was said about its zone; `nil` is the organization's.
    let ownZone: Zone?
    /// The zone in which hours are meant.
    let zone: Zone
    /// When it can be taken; `nil` is always.
    let hours: OpeningHours?
    let attributes: Set<Attribute>
    let version: Int
}

/// A resource that is to be made or replaced.
struct ResourceDraft: Sendable {
    var kind: ResourceKind
    var name: String
    var capacity: Int
    /// `nil` is the organization's.
    var zone: Zone?
    var attributes: [Attribute]
}
