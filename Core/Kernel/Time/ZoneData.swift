internal import AlmanacStorage

/// The offsets of one zone through all time; immutable.
///
/// A rule for the time after the last recorded transition is written out once for 400 years. The Gregorian calendar
/// repeats itself after 400 years to the day of the week, so that a later instant is looked up as many cycles earlier.
final class ZoneData: Sendable {
    /// A change of the clock.
    struct Change: Equatable {
        /// Seconds since the epoch from which on the offset is in force.
        let seconds: Int64
        /// Seconds east of UTC.
        let offset: Int32
    }

    /// A stretch of time with one offset.
    struct Span: Equatable {
        /// The first second.
        let lower: Int64
        /// The first second after it.
        let upper: Int64
        /// Seconds east of UTC.
        let offset: Int
    }

    /// What RFC 9636 §3.2 allows for an offset; local time and UTC never differ by more.
    static let offsetRange = -89_999...93_599

    /// The IANA name.
    let name: String
    /// When the clock changes, ascending.
    private let changes: [Int64]
    /// One more than ``changes``: the offset before the first, then the one after each.
    private let offsets: [Int32]
    /// How many changes happened until the start of each bucket of time; the first starts with the first change.
    private let buckets: [Int32]
    /// The first second of the part of the table that repeats.
    private let cycleStart: Int64

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - name: The IANA name.
    ///   - firstOffset: In force before the first change.
    ///   - changes: Ascending.
    ///   - rule: How it goes on after them; `nil`: the last offset stays.
    init(name: String, firstOffset: Int32, changes: [Change], rule: ZoneRule?) {
        var table = Table(firstOffset: firstOffset)
        for change in changes { table.append(change) }
        // The last one counts also when it left the offset as it was.
        self.cycleStart = table.extend(by: rule, after: changes.last?.seconds)
        self.name = name
        self.changes = table.changes
        self.offsets = table.offsets
        self.buckets = table.buckets
    }

    /// Coordinated universal time, which needs no file.
    static let utc = ZoneData(name: "UTC", firstOffset: 0, changes: [], rule: nil)

    /// The offset in force at a second since the epoch, in seconds east of UTC.
    func offset(at seconds: Int64) -> Int {
        Int(self.offsets[self.changeCount(at: seconds - self.shift(at: seconds))])
    }

    /// The stretch of time around a second since the epoch.
    ///
    /// Neighbors may have the same offset where the table repeats.
    func span(at seconds: Int64) -> Span {
        let shift = self.shift(at: seconds)
        let count = self.changeCount(at: seconds - shift)
        var lower = count == 0 ? Self.never.lowerBound : self.changes[count - 1]
        var upper = count == self.changes.count ? Self.never.upperBound : self.changes[count]
        if self.cycleStart != Self.never.upperBound {
            if shift > 0 { lower = max(lower, self.cycleStart) }
            upper = min(upper, self.cycleStart + Self.cycle)
        }
        return Span(lower: lower + shift, upper: upper + shift, offset: Int(self.offsets[count]))
    }

    /// 400 Gregorian years in seconds.
    private static let cycle: Int64 = 146_097 * 86_400

    /// Bounds that no instant reaches and that leave room for arithmetic.
    private static let never = -(Int64(1) << 60)...(Int64(1) << 60)

    /// How far back the table repeats: a multiple of the cycle.
    private func shift(at seconds: Int64) -> Int64 {
        let elapsed = seconds - self.cycleStart
        return elapsed < Self.cycle ? 0 : elapsed / Self.cycle * Self.cycle
    }

    /// How many changes happened until a second.
    ///
    /// A bucket is shorter than the time between two changes nearly everywhere, so that this reads one or two of them;
    /// a binary search over the same table takes two to four times as long.
    private func changeCount(at seconds: Int64) -> Int {
        guard let first = self.changes.first, seconds >= first else { return 0 }
        let bucket = Int((seconds - first) >> Self.bucketBits)
        guard bucket < self.buckets.count else { return self.changes.count }
        var count = Int(self.buckets[bucket])
        while count < self.changes.count, self.changes[count] <= seconds { count += 1 }
        return count
    }

    /// A bucket is 2²³ seconds long, 97 days.
    private static let bucketBits: Int64 = 23
}

extension ZoneData {
    /// The table while it is being filled: no change before the year 1, none that changes nothing.
    private struct Table {
        var changes: [Int64] = []
        var offsets: [Int32]

        init(firstOffset: Int32) {
            self.offsets = [firstOffset]
        }

        mutating func append(_ change: Change) {
            if change.seconds < Instant.distantPast.seconds {
                self.offsets[0] = change.offset
                return
            }
            guard change.seconds <= Instant.distantFuture.seconds + 500 * 366 * 86_400 else { return }
            if self.changes.last == change.seconds {
                self.changes.removeLast()
                self.offsets.removeLast()
            }
            guard self.offsets.last != change.offset else { return }
            self.changes.append(change.seconds)
            self.offsets.append(change.offset)
        }

        /// The index over all changes; see ``ZoneData/buckets``.
        var buckets: [Int32] {
            guard let first = self.changes.first, let last = self.changes.last else { return [] }
            var buckets: [Int32] = []
            var count = 0
            for bucket in 0...((last - first) >> ZoneData.bucketBits) {
                let start = first + bucket << ZoneData.bucketBits
                while count < self.changes.count, self.changes[count] <= start { count += 1 }
                buckets.append(Int32(count))
            }
            return buckets
        }

        /// Writes a rule out for one cycle and returns where the cycle begins.
        ///
        /// It is in force after `last`, or for all time when nothing is recorded.
        mutating func extend(by rule: ZoneRule?, after last: Int64?) -> Int64 {
            guard let rule, rule.alternation != nil else { return ZoneData.never.upperBound }
            // Two years before the year 1 is early enough for an offset of the rule to be in force then.
            let earliest = Instant.distantPast.seconds - 2 * 366 * 86_400
            let last = min(max(last ?? earliest, earliest), Instant.distantFuture.seconds)
            let year = CivilCalendar.date(days: Int(last / 86_400)).year
            // One whole year of the rule lies before the cycle, so that the cycle begins with an offset of the rule.
            let startYear = max(year + 2, 1)
            let start = Int64(CivilCalendar.days(year: startYear, month: 1, day: 1)) * 86_400
            for year in (year - 1)...(startYear + 401) {
                for change in rule.changes(inYear: year)
                where change.seconds > last && change.seconds < start + ZoneData.cycle {
                    self.append(change)
                }
            }
            return start
        }
    }
}
