internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// The times of a series that is to be booked: checked, bounded, and turned into instants.
///
/// A series is agreed on the wall of one place. How wall times are taken that the clock skips or repeats is for the
/// grid of starts to say, so that a series asks for what is offered: see ``GridPolicies/wallTimes``.
struct SeriesTimes: Sendable {
    /// The rule or list, as it is kept.
    let recurrence: Recurrence
    /// All occurrences, by instant.
    let occurrences: [Recurrence.Occurrence]

    init(recurrence: Recurrence, occurrences: [Recurrence.Occurrence]) {
        self.recurrence = recurrence
        self.occurrences = occurrences
    }

    /// The times that somebody asks for.
    ///
    /// - Parameters:
    ///   - input: A first start with a rule, or a list.
    ///   - zone: Whose clock shows them.
    ///   - policy: How wall times are taken that the clock skips or repeats.
    ///   - most: How many occurrences there may be.
    /// - Throws: ``Refusal`` with a pointer to each field that is wrong.
    init(_ input: CreateBookingSeries, in zone: Zone, _ policy: WallTimePolicy, most: Int) throws {
        try Self.check(input, in: zone, policy)
        let pointer = input.recurrence == nil ? input.rule == nil ? "/starts" : "/rule" : "/recurrence"
        do {
            let rule = try input.recurrence?.rule ?? input.rule
            // A list is a series without a rule: its first time, and the others besides.
            guard let start = input.start ?? input.starts.min() else { throw Refusal.noTimes }
            var recurrence = try Recurrence(start: .time(start), zone: zone, rule: rule, policy: policy)
            recurrence = recurrence.adding(input.added + input.starts.filter { $0 != start })
                .excluding(input.excluded)
            self.recurrence = recurrence
            self.occurrences = try recurrence.occurrences(within: RecurrenceLimits(occurrences: most))
        } catch let error as RecurrenceError {
            throw Refusal.invalid(error.code == .startOffRule ? "/start" : pointer, error.wireCode, error.description)
        }
    }

    /// Refuses what contradicts itself, and times that no clock shows where those are left out.
    private static func check(_ input: CreateBookingSeries, in zone: Zone, _ policy: WallTimePolicy) throws {
        var fields: [Refusal.Field] = []
        func wrong(_ pointer: String, _ code: String, _ detail: String) {
            fields.append(.init(pointer, code, detail))
        }
        if !input.starts.isEmpty {
            let others = [
                ("/start", input.start != nil), ("/rule", input.rule != nil),
                ("/recurrence", input.recurrence != nil), ("/added", !input.added.isEmpty),
            ]
            for (pointer, isThere) in others where isThere {
                wrong(pointer, "conflict", "`starts` lists all of them: leave this out")
            }
        } else if input.rule != nil || input.recurrence != nil {
            if input.rule != nil, input.recurrence != nil {
                wrong("/recurrence", "conflict", "say either `rule` or `recurrence`: they are two forms of one thing")
            }
            if input.start == nil { wrong("/start", "required", "say where the rule begins") }
            if let pattern = input.recurrence, pattern.count != nil, pattern.until != nil {
                wrong("/recurrence/until", "conflict", "say either `count` or `until`")
            }
        } else {
            wrong("/rule", "required", "say how it repeats by `rule` or `recurrence`, or list all `starts`")
        }
        var seen: Set<LocalDateTime> = []
        var named: [(pointer: String, time: LocalDateTime)] = []
        if let start = input.start { named.append(("/start", start)) }
        for (index, time) in input.starts.enumerated() { named.append(("/starts/\(index)", time)) }
        for (index, time) in input.added.enumerated() { named.append(("/added/\(index)", time)) }
        for (pointer, time) in named {
            if !seen.insert(time).inserted { wrong(pointer, "duplicate", "each time may come once only") }
            if policy.instant(of: time, in: zone) == nil {
                wrong(pointer, "skipped_time", "clocks do not show this time on that date, for they are put forward")
            }
        }
        guard fields.isEmpty else {
            throw Refusal(.invalid, "invalid_series", "this cannot be booked as it stands", fields: fields)
        }
    }
}

extension RecurrenceError {
    /// The code as the API has it: `too_many_occurrences`.
    var wireCode: String {
        self.code.description.reduce(into: "") { text, character in
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
    }
}

extension Refusal {
    fileprivate static let noTimes = Refusal.invalid("/starts", "required", "list at least one start")
    /// The event type is not for series.
    static let noSeries = Refusal.invalid(
        "/eventType", "series_not_allowed", "this cannot be booked as a series: book its slots one by one")
}
