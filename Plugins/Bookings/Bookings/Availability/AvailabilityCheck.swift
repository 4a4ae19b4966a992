internal import AlmanacStorage

/// Rules about several rules: what the engine would accept, but nobody means.
enum AvailabilityCheck {
    /// The rules that overlap an earlier one of the list on some date, as positions.
    static func overlaps(_ rules: [WeeklyRule]) -> [Int] {
        let order = rules.indices.sorted { (rules[$0].weekday, rules[$0].start) < (rules[$1].weekday, rules[$1].start) }
        var found: Set<Int> = []
        for (place, index) in order.enumerated() {
            for other in order[(place + 1)...] {
                let (rule, next) = (rules[index], rules[other])
                // Sorted by start: nothing further can begin before this one ends.
                guard next.weekday == rule.weekday, next.start < rule.end else { break }
                let from = max(rule.validFrom ?? .min, next.validFrom ?? .min)
                let to = min(rule.validTo ?? .max, next.validTo ?? .max)
                if from <= to { found.insert(max(index, other)) }
            }
        }
        return found.sorted()
    }

    /// The hours of one date that overlap earlier ones of the list, as positions.
    static func overlaps(_ hours: [DateOverride.Hours]) -> [Int] {
        let order = hours.indices.sorted { hours[$0].start < hours[$1].start }
        var found: Set<Int> = []
        for (place, index) in order.enumerated() {
            for other in order[(place + 1)...] {
                guard hours[other].start < hours[index].end else { break }
                found.insert(max(index, other))
            }
        }
        return found.sorted()
    }
}
