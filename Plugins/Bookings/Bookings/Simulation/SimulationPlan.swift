internal import AlmanacStorage

/// What is simulated of a business: for how long, and how its customers are.
///
/// Probabilities are in percent. All that is drawn comes from the seed.
package struct SimulationPlan: Sendable {
    /// How many weeks customers come.
    package var weeks: Int
    /// What everything drawn depends on.
    package var seed: UInt64
    /// How many customers there are.
    package var customers = 40
    /// How much of the time that is open they ask for, in percent; more than 100 is a business that is too small.
    package var demand = 90
    /// How far ahead they look, in days.
    package var horizonDays = 21
    /// How many hold a slot while they make up their minds.
    package var holding = 30
    /// How many make up their minds at once; the others take up to ten minutes.
    package var decided = 40
    /// How many of those who have booked call it off, and how many move it.
    package var cancelling = 10
    package var moving = 12
    /// How many do not come.
    package var missing = 4
    /// How many of the bookings that wait for approval are declined, and how many nobody looks at in time.
    package var declining = 5
    package var forgetting = 4

    /// The weeks that can be simulated.
    package static let weeks = 1...104

    /// A plan with the usual customers.
    package init(weeks: Int, seed: UInt64) {
        self.weeks = min(max(weeks, Self.weeks.lowerBound), Self.weeks.upperBound)
        self.seed = seed
    }
}
