internal import AlmanacKernel

/// Where the starts of slots fall, and what happens to them when clocks change.
///
/// The grid is made of times on the clock face, one every slot interval. Clock changes make such a time occur twice
/// or never; these settings say what is offered then. Whatever they say, two starts in one unbroken stretch of open
/// time are never offered closer together than the slot interval in real time: the later one gives way.
struct GridPolicies: Sendable, Hashable {
    /// What the grid is counted from.
    enum Anchor: String, Sendable, Hashable, CaseIterable {
        /// Where the hours begin: hours from 09:10 with an interval of 30 give 09:10, 09:40, 10:10.
        ///
        /// Hours that go on past midnight keep their grid for up to seven days; from then on it is counted from
        /// each midnight.
        case window
        /// Midnight: hours from 09:10 with an interval of 30 give 09:30, 10:00.
        case clock
    }

    /// What is offered of a time on the clock face that occurs twice.
    enum RepeatedHour: String, Sendable, Hashable, CaseIterable {
        /// Both occurrences.
        case both
        /// The first one only. Open time is not shortened: a slot may extend over the second.
        case first
    }

    /// What becomes of a start at a time on the clock face that does not occur.
    enum SkippedHour: String, Sendable, Hashable, CaseIterable {
        /// It moves forward to where the clock goes on, if the hours still run then. Hours that begin in the gap
        /// begin there, and so does their grid.
        case clamp
        /// It is left out.
        case drop
    }

    /// What the grid is counted from.
    var anchor = Anchor.window
    /// What is offered of a time that occurs twice.
    var repeatedHour = RepeatedHour.both
    /// What becomes of a start that does not occur.
    var skippedHour = SkippedHour.clamp
}

extension GridPolicies {
    /// How the wall times of a series are taken, so that a series asks for the starts that are offered.
    ///
    /// A start that does not occur goes where the grid puts it: to the first minute after the gap, or nowhere. Of a
    /// time that occurs twice a series takes the first, whether one or both are offered: whoever books every Sunday
    /// wants one appointment on the Sunday on which clocks go back.
    var wallTimes: WallTimePolicy {
        WallTimePolicy(skipped: self.skippedHour == .clamp ? .clamp : .drop, repeated: .first)
    }
}
