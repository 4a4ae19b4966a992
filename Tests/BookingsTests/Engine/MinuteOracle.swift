import AlmanacKernel
import AlmanacStorage

@testable import Bookings

/// The engine's rules once more, slowly: looks at every minute of real time and shares no code with the engine.
///
/// Works where rules, claims and offsets are whole minutes. A class, for its many questions would each copy a struct.
final class MinuteOracle {
    struct Input {
        var zone: Zone
        var rules: [WeeklyRule]
        var overrides: [DateOverride]
        var claims: [ClaimSpan]
        var capacity: Int
        var terms: EventTypeTerms
        var now: Instant
        var stays: [ZonePlan.Stay] = []
        var holidays: [Holiday] = []
        var absences: [ClosedRange<LocalDate>] = []
        var limits: [Limit] = []
        var firstWeekday = Weekday.monday
        var shortestMinutes: Int?
    }

    /// A limit with what counts towards it.
    struct Limit {
        var limit: BookingLimit
        var booked: [(date: LocalDate, bookings: Int, minutes: Int)]
    }

    private let input: Input
    private let clock: MinuteClock
    private let interval: Int
    /// The claims that have not expired and are in the same place.
    private let claims: [ClaimSpan]
    /// The claims that have not expired and are elsewhere.
    private let elsewhere: [ClaimSpan]
    /// For each date and minute of the day whether rules and overrides open it.
    private var isOpenFace: [Bool] = []
    /// For each date and minute of the day where its hours began on that date, as a minute of all dates.
    private var opening: [Int] = []
    private var isOpen: [Bool] = []
    /// Whether the grid has a start, once starts that are too close have given way.
    private var isStart: [Bool] = []
    /// Where the open time ends that holds a minute.
    private var openEnd: [Int] = []
    /// The first and the last minute at which an appointment could begin, of all those around one, where asked for.
    private var rooms: [ClosedRange<Int>?]

    init(_ input: Input, clock: MinuteClock) {
        self.input = input
        self.clock = clock
        self.interval = input.terms.slotIntervalMinutes ?? min(input.terms.durationMinutes, 1_440)
        let claims = input.claims.filter { claim in claim.expiresAt.map { $0 > input.now } ?? true }
        self.claims = claims.filter { $0.wayFrom == 0 && $0.wayTo == 0 }
        self.elsewhere = claims.filter { $0.wayFrom > 0 || $0.wayTo > 0 }
        self.rooms = Array(repeating: nil, count: clock.faces.count)
        self.isOpenFace = Array(repeating: false, count: clock.dayCount * 1_440)
        self.opening = Array(self.isOpenFace.indices)
        for day in 0..<clock.dayCount {
            let midnight = day * 1_440
            for hours in self.hours(of: LocalDate(daysSinceEpoch: clock.firstDay + day)) {
                // Hours that a holiday cuts short may end before they begin.
                for minute in hours.start.minuteOfDay..<max(hours.start.minuteOfDay, hours.end.minuteOfDay) {
                    self.isOpenFace[midnight + minute] = true
                }
            }
            for face in midnight + 1..<midnight + 1_440 where self.isOpenFace[face] && self.isOpenFace[face - 1] {
                self.opening[face] = self.opening[face - 1]
            }
        }
        self.isOpen = clock.faces.map { $0 != MinuteClock.nowhere && self.isOpenFace[$0] }
        var previous: Int?
        for index in clock.faces.indices {
            self.isStart.append(false)
            if !self.isOpen[index] {
                previous = nil
            } else if self.isGridStart(index), previous.map({ index - $0 >= self.interval }) ?? true {
                self.isStart[index] = true
                previous = index
            }
        }
        self.openEnd = self.isOpen.indices.map { $0 }
        for index in self.isOpen.indices.reversed() where self.isOpen[index] {
            self.openEnd[index] = index + 1 < self.isOpen.count ? max(self.openEnd[index + 1], index + 1) : index + 1
        }
    }

    /// Walks along the minutes to both ends of the unbroken stretch of possible starts around one.
    private func room(around index: Int) -> ClosedRange<Int> {
        if let known = self.rooms[index] { return known }
        var (first, last) = (index, index)
        while first > 0, self.isFree(first - 1) { first -= 1 }
        while last + 1 < self.isOpen.count, self.isFree(last + 1) { last += 1 }
        for free in first...last { self.rooms[free] = first...last }
        return first...last
    }

    /// All free starts between two instants, of which the second is excluded.
    func freeStarts(from: Instant, to: Instant) -> [Instant] {
        var found: [Instant] = []
        for index in self.clock.faces.indices where self.isStart[index] {
            let start = self.clock.instant(index)
            guard start >= from, start < to, self.isBookable(start, face: self.clock.faces[index]) else { continue }
            if self.isFree(index), !self.leavesGap(index) { found.append(start) }
        }
        return found
    }

    /// Whether an appointment could begin at a minute if the grid had a start there.
    private func isFree(_ index: Int) -> Bool {
        let end = index + self.input.terms.durationMinutes
        guard self.isOpen[index], self.openEnd[index] >= end else { return false }
        return self.hasRoom(self.clock.instant(index))
    }

    /// Whether the rules forbid what would be left on either side.
    private func leavesGap(_ index: Int) -> Bool {
        let terms = self.input.terms
        guard terms.minimumGapMinutes > 0 || terms.packing != .none else { return false }
        let room = self.room(around: index)
        let sides = [
            (index - room.lowerBound, room.lowerBound - 1), (room.upperBound - index, room.upperBound + 1),
        ]
        for (gap, beyond) in sides where gap > 0 && gap < terms.minimumGapMinutes {
            if !self.hasRoom(self.clock.instant(beyond)) { return true }
        }
        guard terms.packing != .none else { return false }
        let shortest = terms.packing == .ownDuration ? nil : self.input.shortestMinutes
        let (before, after) = (terms.bufferBeforeMinutes, terms.bufferAfterMinutes)
        let useful =
            min(shortest ?? terms.durationMinutes, terms.durationMinutes)
            + (terms.bufferSharing == .shared ? max(before, after) : before + after)
        let (first, last) = (room.first { self.isStart[$0] }, room.last { self.isStart[$0] })
        let pieces = [index - (first ?? index), (last ?? index) - index]
        return !pieces.contains(0) && pieces.contains { $0 < useful }
    }

    private func hours(of date: LocalDate) -> [DateOverride.Hours] {
        if self.input.absences.contains(where: { $0.contains(date) }) { return [] }
        let overrides = self.input.overrides.filter { $0.date == date }
        guard overrides.isEmpty else { return overrides.flatMap(\.hours) }
        let rules = self.input.rules.filter {
            $0.weekday == date.weekday && $0.validFrom ?? .min <= date && date <= $0.validTo ?? .max
        }
        let holidays = self.input.holidays.filter { $0.date == date }
        if holidays.contains(where: { $0.hours == nil }) { return [] }
        let from = holidays.compactMap(\.hours?.start).max() ?? .startOfDay
        let to = holidays.compactMap(\.hours?.end).min() ?? .endOfDay
        return rules.map { DateOverride.Hours(max($0.start, from), min($0.end, to)) }
    }

    private func isGridStart(_ index: Int) -> Bool {
        let face = self.clock.faces[index]
        if self.clock.isRepeated[index], self.input.terms.grid.repeatedHour == .first { return false }
        if self.isOnGrid(face) { return true }
        guard self.input.terms.grid.skippedHour == .clamp else { return false }
        var skipped = face - 1
        while skipped / 1_440 == face / 1_440, !self.clock.isShown[skipped], self.isOpenFace[skipped] {
            if self.isOnGrid(skipped) { return true }
            skipped -= 1
        }
        return false
    }

    private func isOnGrid(_ face: Int) -> Bool {
        let midnight = face / 1_440 * 1_440
        var anchor = midnight
        if self.input.terms.grid.anchor == .window {
            anchor = self.opening[face]
            if anchor == midnight, self.isOpenFace[anchor - 1] {
                while anchor % 1_440 == 0, anchor > midnight - 8 * 1_440, self.isOpenFace[anchor - 1] {
                    anchor = self.opening[anchor - 1]
                }
                if anchor < midnight - 7 * 1_440 { anchor = midnight }
            } else if self.input.terms.grid.skippedHour == .clamp {
                while !self.clock.isShown[anchor], anchor < face { anchor += 1 }
            }
        }
        return (face - anchor - self.input.terms.startOffsetMinutes % self.interval) % self.interval == 0
    }

    private func isBookable(_ start: Instant, face: Int) -> Bool {
        let terms = self.input.terms
        let date = LocalDate(daysSinceEpoch: self.clock.firstDay + face / 1_440)
        guard start >= self.input.now.adding(minutes: Int64(terms.minimumNoticeMinutes)) else { return false }
        guard self.input.limits.allSatisfy({ self.isWithin($0, date) }) else { return false }
        let today = self.clock.date(at: self.input.now) ?? self.input.zone.localDate(at: self.input.now)
        switch terms.bookingWindow {
        case .unlimited: return true
        case .rolling(let days): return date <= today.adding(days: days)
        case .fixed(let from, let to): return from ?? .min <= date && date <= to ?? .max
        case .within(let days, let from, let to):
            return from ?? .min <= date && date <= to ?? .max && date <= today.adding(days: days)
        }
    }

    private func isWithin(_ limit: Limit, _ date: LocalDate) -> Bool {
        func week(_ date: LocalDate) -> Int {
            var date = date
            while date.weekday != self.input.firstWeekday { date = date.adding(days: -1) }
            return date.daysSinceEpoch
        }
        let counted = limit.booked.filter { booked in
            switch limit.limit.period {
            case .day: booked.date == date
            case .week: week(booked.date) == week(date)
            case .month: booked.date.year == date.year && booked.date.month == date.month
            }
        }
        let bookings = counted.reduce(1) { $0 + $1.bookings }
        let minutes = counted.reduce(self.input.terms.durationMinutes) { $0 + $1.minutes }
        return bookings <= limit.limit.bookings ?? .max && minutes <= limit.limit.minutes ?? .max
    }

    /// Whether a claim that is elsewhere leaves the time for the way and for what is kept free beside it.
    private func leavesTime(_ claim: ClaimSpan, around core: Range<Instant>, _ padded: Range<Instant>) -> Bool {
        let isBefore = claim.end <= core.lowerBound
        guard isBefore || core.upperBound <= claim.start else { return false }
        let way = (isBefore ? claim.wayFrom : claim.wayTo) / 60_000_000
        let gap = isBefore ? minutes(claim.end, core.lowerBound) : minutes(core.upperBound, claim.start)
        let theirs = isBefore ? minutes(claim.end, claim.paddedEnd) : minutes(claim.paddedStart, claim.start)
        let ours =
            isBefore ? minutes(padded.lowerBound, core.lowerBound) : minutes(core.upperBound, padded.upperBound)
        func minutes(_ from: Instant, _ to: Instant) -> Int64 { to.microseconds(since: from) / 60_000_000 }
        return gap
            >= (self.input.terms.bufferSharing == .shared ? max(way, theirs, ours) : way + theirs + ours)
    }

    private func hasRoom(_ start: Instant) -> Bool {
        let terms = self.input.terms
        let core = start..<start.adding(minutes: Int64(terms.durationMinutes))
        let padded =
            core.lowerBound.adding(
                minutes: Int64(-terms.bufferBeforeMinutes))..<core.upperBound.adding(
                minutes: Int64(terms.bufferAfterMinutes))
        if self.elsewhere.contains(where: { !self.leavesTime($0, around: core, padded) }) { return false }
        // Who is elsewhere has been dealt with: nobody is in two places.
        if self.input.capacity == 1 {
            return !self.claims.contains { claim in
                let (taken, buffered) = (claim.start..<claim.end, claim.paddedStart..<claim.paddedEnd)
                return terms.bufferSharing == .summed
                    ? padded.overlaps(buffered) : core.overlaps(buffered) || padded.overlaps(taken)
            }
        }
        // What is taken changes only where a claim begins or ends.
        let moments =
            self.claims.flatMap { [$0.start, $0.end, $0.paddedStart] } + [core.lowerBound, padded.lowerBound]
        return moments.allSatisfy { moment in
            guard padded.contains(moment) else { return true }
            let countsBuffers = terms.bufferSharing == .summed || core.contains(moment)
            let taken = self.claims.reduce(0) { sum, claim in
                let range = countsBuffers ? claim.paddedStart..<claim.paddedEnd : claim.start..<claim.end
                return sum + (range.contains(moment) ? claim.units : 0)
            }
            return taken + terms.units <= self.input.capacity
        }
    }
}
