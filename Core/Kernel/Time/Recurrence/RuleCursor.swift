internal import AlmanacStorage

/// Walks the wall times that a rule makes from a start on, without its end and without a zone.
///
/// All of it is arithmetic on days and seconds. Periods without an occurrence are jumped over: the next day that the
/// rule leaves is looked up in a set of bits a year, and the next period of the interval after it is computed. The
/// days of the calendar repeat after 400 years, so that a rule for which those hold no day is known to be over.
struct RuleCursor {
    private let plan: RulePlan
    /// How many periods may turn out empty in a row before the rule counts as over, where that is fewer than
    /// ``RulePlan/longestSilence``: for rules of strangers, who choose how long we look.
    var patience = Int.max
    /// The next period to look at; `nil` when there is none.
    private var period: Int?
    /// Nothing before this wall time is given out.
    private var floor: Int
    /// The starts of the days, or of the period within a day, of the current period.
    private var bases: [Int] = []
    /// What `BYSETPOS` leaves of the current period, as indices; empty when there is no such part.
    private var selected: [Int] = []
    private var index = 0
    private var count = 0
    private var year: CalendarYear
    private var yearDays: YearDays

    /// A cursor before the first time that is not before the start.
    init(_ plan: RulePlan) {
        self.plan = plan
        self.period = plan.canOccur ? plan.firstPeriod : nil
        self.floor = plan.start
        self.year = CalendarYear(containing: CalendarYear.quotient(plan.start, 86_400))
        self.yearDays = plan.days.days(of: self.year)
    }

    /// Jumps forward, so that the next time is not before `second` on the wall.
    mutating func seek(to second: Int) {
        guard second > self.floor, self.period != nil else { return }
        (self.floor, self.index, self.count) = (second, 0, 0)
        self.period = self.plan.alignedPeriod(from: second)
    }

    /// The next wall time in seconds after 1970-01-01T00:00, `nil` at the end.
    mutating func next() -> Int? {
        while self.index >= self.count {
            guard self.loadPeriod() else { return nil }
        }
        self.index += 1
        return self.time(at: self.index - 1)
    }

    private func time(at index: Int) -> Int {
        let index = self.selected.isEmpty ? index : self.selected[index]
        let (base, time) = index.quotientAndRemainder(dividingBy: self.plan.times.count)
        return self.bases[base] + self.plan.times[time]
    }

    /// Fills in the next period that has days; it may still be empty.
    private mutating func loadPeriod() -> Bool {
        var silence = 0
        while let period = self.period, silence <= min(self.plan.longestSilence, self.patience) {
            silence += 1
            self.bases.removeAll(keepingCapacity: true)
            (self.index, self.count) = (0, 0)
            if self.plan.unit == nil ? self.loadDays(period) : self.loadTimes(period) {
                self.selectPositions()
                self.skipToFloor()
                if self.index < self.count { return true }
            }
        }
        self.period = nil
        return false
    }

    /// Takes the days of a period, or else moves on to the next period that has any.
    private mutating func loadDays(_ period: Int) -> Bool {
        let days = self.plan.days(ofPeriod: period)
        guard let first = self.day(from: days.lowerBound) else {
            self.period = nil
            return false
        }
        guard first < days.upperBound else {
            self.period = self.plan.alignedPeriod(from: first * 86_400)
            return false
        }
        var day: Int? = first
        while let found = day, found < days.upperBound {
            self.bases.append(found * 86_400)
            day = self.day(from: found + 1, before: days.upperBound)
        }
        self.period = period + self.plan.interval
        return true
    }

    /// Takes a period within a day, or else moves on to the next one that the rule allows.
    private mutating func loadTimes(_ period: Int) -> Bool {
        guard let unit = self.plan.unit, let clock = self.plan.clock else { return false }
        // No overflow: an interval has 31 bits, and what lies past the last day ends the walk before the next sum.
        let second = period * unit
        let day = CalendarYear.quotient(second, 86_400)
        guard let found = self.day(from: day) else {
            self.period = nil
            return false
        }
        let time = clock.first(from: found == day ? second - day * 86_400 : 0)
        // Past the last allowed time of the day: on to the next day.
        let target = time.map { found * 86_400 + $0 } ?? (found + 1) * 86_400
        guard target == second else {
            self.period = self.plan.alignedPeriod(from: target)
            return false
        }
        self.bases.append(second)
        self.period = period + self.plan.interval
        return true
    }

    /// The first day from `day` on that the rule leaves.
    private mutating func day(from day: Int, before end: Int = .max) -> Int? {
        var day = max(day, CivilCalendar.firstDay)
        for _ in 0...400 {
            guard day <= CivilCalendar.lastDay, day < end else { return nil }
            if day - self.year.firstDay < 0 || day - self.year.firstDay >= self.year.length {
                self.year = CalendarYear(containing: day)
                self.yearDays = self.plan.days.days(of: self.year)
            }
            if let found = self.yearDays.first(from: day - self.year.firstDay) { return self.year.firstDay + found }
            day = self.year.firstDay + self.year.length
        }
        return nil
    }

    private mutating func selectPositions() {
        let total = self.bases.count * self.plan.times.count
        self.count = total
        guard !self.plan.positions.isEmpty else { return }
        self.selected.removeAll(keepingCapacity: true)
        for position in self.plan.positions {
            let index = position < 0 ? total + position : position - 1
            if 0..<total ~= index { self.selected.append(index) }
        }
        self.selected.sort()
        self.count = self.selected.count
        // Positions from both ends may meet.
        if self.count > 1 { self.selected = Array(Set(self.selected)).sorted() }
        self.count = self.selected.count
    }

    /// Passes over what lies before the floor; times ascend, so that halving finds the place.
    private mutating func skipToFloor() {
        guard self.count > 0, self.time(at: 0) < self.floor else { return }
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if self.time(at: middle) < self.floor { low = middle + 1 } else { high = middle }
        }
        self.index = low
    }
}
