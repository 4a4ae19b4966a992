internal import AlmanacKernel
internal import AlmanacStorage

/// What examining the audit log has shown, in words.
struct AuditReport {
    private let verdicts: [(organization: Organization, verdict: AuditVerdict)]
    private let record: CheckpointRecord?

    init(_ verdicts: [(Organization, AuditVerdict)], _ record: CheckpointRecord?) {
        self.verdicts = verdicts
        self.record = record
    }

    /// Whether nothing wrong was found.
    var isSound: Bool {
        self.verdicts.allSatisfy { $0.verdict.findingCount == 0 } && (self.record?.problems ?? []).isEmpty
    }

    /// For people.
    var text: String {
        let files = (self.record?.problems ?? []).map { "checkpoints: \($0)" }
        return (files + self.verdicts.flatMap { self.lines($0.organization, $0.verdict) }).joined(separator: "\n")
    }

    private func lines(_ organization: Organization, _ verdict: AuditVerdict) -> [String] {
        let name = organization.slug
        var lines = verdict.findings.map { "\(name): \($0.message)" }
        if verdict.findingCount > verdict.findings.count {
            lines.append("\(name): and \(verdict.findingCount - verdict.findings.count) more")
        }
        if verdict.findingCount == 0 {
            lines.append("\(name): \(verdict.entries) entries recomputed, each as it was sealed")
        }
        if verdict.segments > 0 {
            let removed = verdict.removed > 0 ? "; \(verdict.removed) older ones were removed in their time" : ""
            lines.append(
                "\(name): \(verdict.archived) of them stand in files of \(verdict.segments) archived months\(removed)")
        }
        if verdict.erased > 0 {
            lines.append("\(name): of \(verdict.erased) nobody can read any more from where they came: that was erased")
        }
        if verdict.unreadable > 0 {
            lines.append(
                "\(name): of \(verdict.unreadable) it cannot be read here from where they came: the key ring does "
                    + "not have the key")
        }
        if verdict.unsealed > 0 { lines.append("\(name): \(verdict.unsealed) entries are not sealed yet") }
        return lines + [self.proof(name, verdict)]
    }

    /// What is known of the end of the log.
    private func proof(_ name: String, _ verdict: AuditVerdict) -> String {
        guard let proven = verdict.proven, let at = verdict.provenAt else {
            return "\(name): UNPROVED that nothing was cut off at the end or rewritten as a whole: "
                + (self.record == nil ? "no checkpoints were given" : "no checkpoint agrees with this log")
        }
        let rest = verdict.head - proven
        let behind = rest > 0 ? "; of the \(rest) behind it that is UNPROVED" : ""
        return "\(name): proved by a checkpoint of \(at.rfc3339) that nothing up to position \(proven) was cut off or "
            + "rewritten\(behind)"
    }

    /// For programs.
    var json: JSON {
        let organizations = self.verdicts.map { organization, verdict -> JSON in
            [
                "organization": .string(organization.slug), "entries": .number(JSONNumber(verdict.entries)),
                "head": .number(JSONNumber(verdict.head)), "unsealed": .number(JSONNumber(verdict.unsealed)),
                "segments": .number(JSONNumber(verdict.segments)), "archived": .number(JSONNumber(verdict.archived)),
                "removed": .number(JSONNumber(verdict.removed)),
                "erased": .number(JSONNumber(verdict.erased)),
                "unreadable": .number(JSONNumber(verdict.unreadable)),
                "provenTo": verdict.proven.map { .number(JSONNumber($0)) } ?? .null,
                "provenAt": verdict.provenAt.map { .string($0.rfc3339) } ?? .null,
                "findingCount": .number(JSONNumber(verdict.findingCount)),
                "findings": .array(verdict.findings.map { Self.json($0) }),
            ]
        }
        return [
            "sound": .bool(self.isSound), "checkpointsGiven": .bool(self.record != nil),
            "checkpointProblems": .array((self.record?.problems ?? []).map { .string($0) }),
            "organizations": .array(organizations),
        ]
    }

    private static func json(_ finding: AuditFinding) -> JSON {
        [
            "kind": .string(finding.kind.rawValue),
            "position": finding.position.map { .number(JSONNumber($0)) } ?? .null,
            "message": .string(finding.message),
        ]
    }
}
