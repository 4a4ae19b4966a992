internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// What changed rules of time zones have shifted, and what became of it, for people and for programs.
struct ZoneReport {
    /// One shift of an organization.
    struct Line {
        let organization: String
        let shift: ZoneShift
        let outcome: ZoneReconciliation.Report.Outcome
    }

    var lines: [Line] = []

    /// How many could not be moved.
    var refused: Int {
        self.lines.count { line in
            if case .refused = line.outcome { true } else { false }
        }
    }

    func show(_ format: OutputFormat) {
        switch format {
        case .text:
            if self.lines.isEmpty { Terminal.print("nothing has shifted") }
            for line in self.lines { Terminal.print(Self.text(line)) }
        case .json:
            Terminal.print(json: JSON.object(["shifts": .array(self.lines.map(Self.json))]).serialized)
        }
    }

    private static func text(_ line: Line) -> String {
        let shift = line.shift
        let expected = shift.expectedStart.map { "which is \($0.rfc3339) now" } ?? "in a zone that is not known here"
        let outcome =
            switch line.outcome {
            case .found: ""
            case .moved: "  moved"
            case .refused(_, let detail): "  not moved: \(detail)"
            }
        return "\(line.organization)  \(shift.object.type) \(shift.label)  \(shift.start.rfc3339), "
            + "made for \(shift.agreed), \(expected)\(outcome)"
    }

    private static func json(_ line: Line) -> JSON {
        var members: JSONObject = [
            "organization": .string(line.organization), "type": .string(line.shift.object.type),
            "id": .string(line.shift.object.id), "label": .string(line.shift.label),
            "start": .string(line.shift.start.rfc3339), "agreed": .string(line.shift.agreed),
            "expectedStart": line.shift.expectedStart.map { .string($0.rfc3339) } ?? .null,
        ]
        switch line.outcome {
        case .found: members["outcome"] = "found"
        case .moved: members["outcome"] = "moved"
        case .refused(let code, let detail):
            members["outcome"] = "refused"
            members["problem"] = ["code": .string(code), "detail": .string(detail)]
        }
        return .object(members)
    }
}
