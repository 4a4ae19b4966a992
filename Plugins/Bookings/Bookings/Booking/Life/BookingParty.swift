internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// On whose side somebody stands who changes a booking.
enum BookingParty: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// Who takes it, or acts for them.
    case customer
    /// Who gives it.
    case provider
    /// Somebody else of the organization.
    case staff
    /// The platform itself: a job, an import.
    case system

    /// The side of a caller, where whoever is both customer and provider of a booking counts as its customer.
    init(of call: Call, in row: BookingRow) {
        switch call.principal {
        case .system: self = .system
        case .anonymous, .guest: self = .customer
        case .user(let user):
            self =
                user.person == row.customerPerson || user.person == row.guardian
                ? .customer : row.ownership.assignees.contains { $0 == user.person } ? .provider : .staff
        }
    }
}
