package import AlmanacStorage

/// What came of a simulated business.
package struct SimulationReport: Sendable, Equatable {
    /// How busy somebody was.
    package struct Utilization: Sendable, Equatable {
        package let provider: String
        /// Minutes of the hours that were open.
        package let openMinutes: Int
        /// Minutes of them that were booked and neither called off nor declined; a session counts once.
        package let bookedMinutes: Int

        /// In percent, rounded down.
        package var percent: Int { self.openMinutes > 0 ? self.bookedMinutes * 100 / self.openMinutes : 0 }
    }

    package let weeks: Int
    package let seed: UInt64
    package let from: Instant
    package let to: Instant
    /// How many times somebody wanted an appointment.
    package internal(set) var wishes = 0
    /// Requests that were granted, by what was asked for.
    package internal(set) var done: [String: Int] = [:]
    /// Requests that were refused, by what was asked for and why: `book slot_taken`.
    package internal(set) var refusals: [String: Int] = [:]
    /// How many bookings there are of each status in the end.
    package internal(set) var statuses: [String: Int] = [:]
    package internal(set) var utilization: [Utilization] = []
    /// What customers owe for changes, and what was waived of it, in minor units of `currency`.
    package internal(set) var fees = 0
    package internal(set) var waived = 0
    package internal(set) var currency = ""
    /// How many times everything was looked at.
    package internal(set) var checks = 0
    /// What was wrong; empty when all is as it must be.
    package internal(set) var violations: [String] = []

    init(_ plan: SimulationPlan, from: Instant, to: Instant) {
        self.weeks = plan.weeks
        self.seed = plan.seed
        self.from = from
        self.to = to
    }

    /// The report for programs.
    package var json: JSON {
        func number(_ value: Int) -> JSON { .number(JSONNumber(value)) }
        func counts(_ counts: [String: Int]) -> JSON {
            var object: JSONObject = [:]
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) { object[name] = number(count) }
            return .object(object)
        }
        func money(_ amount: Int) -> JSON { ["amount": number(amount), "currency": .string(self.currency)] }
        return [
            "weeks": number(self.weeks), "seed": .string("\(self.seed)"), "from": .string(self.from.rfc3339),
            "to": .string(self.to.rfc3339), "wishes": number(self.wishes), "done": counts(self.done),
            "refusals": counts(self.refusals), "statuses": counts(self.statuses),
            "utilization": .array(
                self.utilization.map { entry in
                    [
                        "provider": .string(entry.provider), "openMinutes": number(entry.openMinutes),
                        "bookedMinutes": number(entry.bookedMinutes), "percent": number(entry.percent),
                    ]
                }),
            "fees": money(self.fees), "waivedFees": money(self.waived), "checks": number(self.checks),
            "violations": .array(self.violations.map { .string($0) }),
        ]
    }

    /// The report for people, one line for each figure.
    package var lines: [String] {
        func table(_ counts: [String: Int]) -> [String] {
            counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        }
        func money(_ amount: Int) -> String {
            "\(amount / 100).\(amount % 100 < 10 ? "0" : "")\(amount % 100) \(self.currency)"
        }
        return ["\(self.weeks) weeks from \(self.from.rfc3339) to \(self.to.rfc3339), seed \(self.seed)"]
            + ["wishes: \(self.wishes)", "done:"] + table(self.done)
            + [self.refusals.isEmpty ? "refused: nothing" : "refused:"] + table(self.refusals)
            + ["bookings:"] + table(self.statuses) + ["utilization:"]
            + self.utilization.map { entry in
                "  \(entry.provider): \(entry.percent) % (\(entry.bookedMinutes) of \(entry.openMinutes) minutes)"
            }
            + ["fees: \(money(self.fees)), waived: \(money(self.waived))"]
            + [
                self.violations.isEmpty
                    ? "invariants: held at each of \(self.checks) checks"
                    : "invariants: \(self.violations.count) broken at \(self.checks) checks"
            ] + self.violations.prefix(20).map { "  \($0)" }
    }
}
