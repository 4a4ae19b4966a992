/// What several bookings of an event type share that has more than one seat: one start, one host, the same resources.
///
/// It has no row of its own: it lasts as long as somebody has a claim in it.
public enum GroupSession {}
