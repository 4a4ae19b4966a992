/// Whether a start can be booked, and if not, the first reason why.
///
/// Reasons are examined in the order of the cases, so that a time in the past is called that even when it is also
/// outside the hours.
enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// It can be booked.
    case free
    /// It begins before now.
    case inPast
    /// It begins after now, but within the minimum notice.
    case tooSoon
    /// Its date is before a fixed booking window.
    case beforeBookingWindow
    /// Its date is after the booking window.
    case tooFar
    /// The appointment does not lie within the provider's hours as a whole.
    case closed
    /// It lies within the hours but begins between two starts of the grid.
    case offGrid
    /// The resource never has as many units as the booking needs.
    case overCapacity
    /// As much has been booked in the day, week or month as may be.
    case limitReached
    /// Other bookings or holds leave too little capacity.
    case taken
    /// Bookings alone would leave room; blocked or imported time does not.
    case blocked
    /// It is free, but too little time is left for the way from or to what is booked elsewhere.
    case onTheWay
    /// It is free, but would leave free time before or after it that is too short to be of use.
    case leavesGap
}
