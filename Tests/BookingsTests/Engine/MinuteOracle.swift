import AlmanacKernel
import AlmanacStorage

@testable import Bookings

/// The engine's rules once more, slowly: looks at every minute of real time and shares no code with the engine.
///
/// Works where rules, claims and offsets are whole minutes.
struct MinuteOracle {
    struct Input {
        var zone: Zone
        var rules: [WeeklyRule]
        var overrides: [DateOverride]
        var claims: [ClaimSpan]
        var capacity: Int
        var terms: EventTypeTerms
        var now: Instant
    }

    private let input: Input
    private let clock: MinuteClock
    private let interval: Int
    /// For each date and minute of the day whether rules and overrides open it.
    private var isOpenFace: [Bool] = []
    /// For each date and minute of the day where its hours began on that date, as a minute of all dates.
    private var opening: [Int] = []
    private var isOpen: [Bool] = []

    init(_ input: Input, clock: MinuteClock) {
        self.input = input
        self.clock = clock
        self.interval = input.terms.slotIntervalMinutes ?? min(input.terms.durationMinutes, 1_440)
        for day in 0..<clock.dayCount {
            let hours = self.hours(of: LocalDate(daysSinceEpoch: clock.firstDay + day))
            for minute in 0..<1_440 {
                let face = day * 1_440 + minute
                let isOpen = hours.contains { $0.start.minuteOfDay <= minute && minute < $0.end.minuteOfDay }
                let goesOn = isOpen && minute > 0 && self.isOpenFace[face - 1]
                self.isOpenFace.append(isOpen)
                self.opening.append(goesOn ? self.opening[face - 1] : face)
            }
        }
        self.isOpen = clock.faces.map { self.isOpenFace[$0] }
    }

    /// All free starts between two instants, of which the second is excluded.
    func freeStarts(from: Instant, to: Instant) -> [Instant] {
        var found: [Instant] = []
        var previous: Int?
        for index in self.clock.faces.indices {
            guard self.isOpen[index] else {
                previous = nil
                continue
            }
            guard self.isGridStart(index) else { continue }
            if let previous, index - previous < self.interval { continue }
            previous = index
            let start = self.clock.instant(index)
            guard start >= from, start < to, self.isBookable(start, face: self.clock.faces[index]) else { continue }
            let end = index + self.input.terms.durationMinutes
            guard end <= self.isOpen.count, !self.isOpen[index..<end].contains(false) else { continue }
            if self.hasRoom(start) { found.append(start) }
        }
        return found
    }

    private func hours(of date: LocalDate) -> [DateOverride.Hours] {
        let overrides = self.input.overrides.filter { $0.date == date }
        guard overrides.isEmpty else { return overrides.flatMap(\.hours) }
        let rules = self.input.rules.filter {
            $0.weekday == date.weekday && $0.validFrom ?? .min <= date && date <= $0.validTo ?? .max
        }
        return rules.map { DateOverride.Hours($0.start, $0.end) }
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
        return (face - anchor) % self.interval == 0
    }

    private func isBookable(_ start: Instant, face: Int) -> Bool {
        let terms = self.input.terms
        let date = LocalDate(daysSinceEpoch: self.clock.firstDay + face / 1_440)
        guard start >= self.input.now.adding(minutes: Int64(terms.minimumNoticeMinutes)) else { return false }
        switch terms.bookingWindow {
        case .unlimited: return true
        case .rolling(let days): return date <= self.input.zone.localDate(at: self.input.now).adding(days: days)
        case .fixed(let from, let to): return from ?? .min <= date && date <= to ?? .max
        }
    }

    private func hasRoom(_ start: Instant) -> Bool {
        let terms = self.input.terms
        let core = start..<start.adding(minutes: Int64(terms.durationMinutes))
        let padded =
            core.lowerBound.adding(
                minutes: Int64(-terms.bufferBeforeMinutes))..<core.upperBound.adding(
                minutes: Int64(terms.bufferAfterMinutes))
        let claims = self.input.claims.filter { claim in claim.expiresAt.map { $0 > self.input.now } ?? true }
        if self.input.capacity == 1 {
            return !claims.contains { claim in
                let (taken, buffered) = (claim.start..<claim.end, claim.paddedStart..<claim.paddedEnd)
                return terms.bufferSharing == .summed
                    ? padded.overlaps(buffered) : core.overlaps(buffered) || padded.overlaps(taken)
            }
        }
        // What is taken changes only where a claim begins or ends.
        let moments = claims.flatMap { [$0.start, $0.end, $0.paddedStart] } + [core.lowerBound, padded.lowerBound]
        return moments.allSatisfy { moment in
            guard padded.contains(moment) else { return true }
            let countsBuffers = terms.bufferSharing == .summed || core.contains(moment)
            let taken = claims.reduce(0) { sum, claim in
                let range = countsBuffers ? claim.paddedStart..<claim.paddedEnd : claim.start..<claim.end
                return sum + (range.contains(moment) ? claim.units : 0)
            }
            return taken + terms.units <= self.input.capacity
        }
    }
}
