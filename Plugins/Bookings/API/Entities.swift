// What identifiers stand for. The rows belong to the plugin; others hold the identifiers.

/// Something whose time is taken by a booking: a person, a room, a vehicle.
public enum Resource {}

/// A person who gives what is booked: an instructor, a doctor, a facilitator.
///
/// A facet of a `Person`.
public enum Provider {}

/// A person who takes what is booked: a student, a patient, a guest.
///
/// A facet of a `Person`.
public enum Customer {}

/// A kind of appointment that can be booked, with its length, price and rules.
public enum EventType {}

/// Bookings that were made together, by a rule or as a list of times.
public enum BookingSeries {}

/// Time that is taken without a booking: a holiday, a repair.
public enum BlockedTime {}
