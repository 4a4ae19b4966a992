/// What several bookings share that has seats: its time, its hosts, the same resources.
///
/// A session that was scheduled has a row of its own and lasts until it is cancelled. One that comes about because
/// several customers book one start of an event type has none: it lasts as long as somebody has a claim in it.
public enum GroupSession {}

/// Somebody's wish to be told when something becomes free that is taken now.
public enum WaitlistEntry {}

/// Time that is kept for a customer for a while: while they decide, fill in a form or pay, or because it is offered to
/// them.
public enum Hold {}
