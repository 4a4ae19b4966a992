internal import AlmanacKernel
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

extension AvailabilityCheck {
    /// Refuses weekly rules that the engine would not take, or that nobody means.
    ///
    /// - Parameters:
    ///   - rules: All rules of somebody or something.
    ///   - place: Where they stand in the input, as a JSON Pointer.
    /// - Throws: ``Refusal`` that names the first rule at fault.
    static func check(_ rules: [WeeklyRule], at place: String) throws {
        for (index, rule) in rules.enumerated() {
            do { try rule.validate() } catch { throw Refusal.fault(error, at: "\(place)/\(index)") }
        }
        if let later = Self.overlaps(rules).first {
            throw Refusal.invalid(
                "\(place)/\(later)", "overlap", "overlaps another rule that is valid on the same days")
        }
    }

    /// Refuses date overrides that the engine would not take, or that nobody means.
    static func check(_ overrides: [DateOverride], at place: String) throws {
        var dates: Set<LocalDate> = []
        for (index, entry) in overrides.enumerated() {
            guard dates.insert(entry.date).inserted else {
                throw Refusal.invalid("\(place)/\(index)/date", "duplicate", "\(entry.date) stands twice")
            }
            do { try entry.validate() } catch { throw Refusal.fault(error, at: "\(place)/\(index)") }
            if let later = Self.overlaps(entry.hours).first {
                throw Refusal.invalid(
                    "\(place)/\(index)/hours/\(later)", "overlap", "overlaps other hours of this date")
            }
        }
    }
}

extension Refusal {
    fileprivate static func fault(_ fault: AvailabilityFault, at place: String) -> Refusal {
        Refusal.invalid("\(place)/\(fault.field)", fault.code, fault.description)
    }
}
