internal import AlmanacAssembly
internal import AlmanacStorage

/// What `almanac doctor` prints.
struct FindingsReport {
    private let findings: [Finding]

    init(_ findings: [Finding]) {
        self.findings = findings
    }

    /// For people: a line for each finding, what to do below it, and the statements together at the end.
    var text: String {
        var lines = self.findings.flatMap { finding in
            let label = finding.severity.rawValue
            let padding = String(repeating: " ", count: max(1, 9 - label.utf8.count))
            let advice = finding.advice.map { "         → \($0)" }
            return ["\(label)\(padding)\(finding.check): \(finding.what)"] + (advice.map { [$0] } ?? [])
        }
        let mended = self.findings.filter { !$0.statements.isEmpty }
        if !mended.isEmpty { lines += ["", "-- SQL that mends it; each block says who has to run it"] }
        // Of equal statements one is enough.
        var known: Set<String> = []
        for finding in mended {
            let fresh = finding.statements.filter { known.insert($0).inserted }
            guard !fresh.isEmpty else { continue }
            lines += ["-- \(finding.check): \(finding.what)", "-- \(finding.advice ?? "")"] + fresh
        }
        lines += ["", self.summary]
        return lines.joined(separator: "\n")
    }

    /// For programs.
    var json: JSON {
        let list = self.findings.map { finding -> JSON in
            var members: JSONObject = [
                "check": .string(finding.check), "severity": .string(finding.severity.rawValue),
                "what": .string(finding.what),
            ]
            if let advice = finding.advice { members["advice"] = .string(advice) }
            if !finding.statements.isEmpty {
                members["statements"] = .array(finding.statements.map { .string($0) })
            }
            return .object(members)
        }
        return [
            "healthy": .bool(self.count(.problem) == 0), "problems": .number(JSONNumber(self.count(.problem))),
            "warnings": .number(JSONNumber(self.count(.warning))), "findings": .array(list),
        ]
    }

    /// Why the command ends with 1, if it does.
    var complaint: String? {
        let count = self.count(.problem)
        return count == 0 ? nil : count == 1 ? "1 problem was found" : "\(count) problems were found"
    }

    private var summary: String {
        "\(self.count(.ok)) ok, \(self.count(.warning)) warnings, \(self.count(.problem)) problems"
    }

    private func count(_ severity: Finding.Severity) -> Int { self.findings.count { $0.severity == severity } }
}
