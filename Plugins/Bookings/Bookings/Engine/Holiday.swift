internal import AlmanacStorage

/// A date on which less is worked than on others, or nothing.
///
/// It cuts what the weekly rules say and never opens anything: who does not work on Thursdays does not work on one that
/// is a holiday with hours. A date override of the provider beats it.
struct Holiday: Sendable, Hashable {
    /// The date in the provider's zone.
    var date: LocalDate
    /// Outside these hours it is closed; `nil` when all of the date is.
    var hours: DateOverride.Hours?
}
