internal import AlmanacStorage

/// The way along one chain, from its beginning to its end.
struct AuditWalk {
    var verdict: AuditVerdict
    private let organization: OrganizationID
    private let checkpoints: [AuditCheckpoint]
    private var nextCheckpoint = 0
    /// The last position that was visited.
    private(set) var last: Int64 = 0
    private var hash = AuditChain.origin

    init(_ organization: OrganizationID, _ checkpoints: [AuditCheckpoint]) {
        self.organization = organization
        self.verdict = AuditVerdict(organization)
        self.checkpoints =
            checkpoints.filter { $0.organization == organization }
            .sorted { ($0.position, $0.at) < ($1.position, $1.at) }
    }

    mutating func visit(_ link: AuditLink) {
        if link.position != self.last + 1 {
            let gap = self.last + 1 == link.position - 1 ? "is" : "to \(link.position - 1) are"
            self.verdict.add(AuditFinding(.missing, at: self.last + 1, "position \(self.last + 1) \(gap) missing"))
        } else if let finding = link.finding(after: self.hash, of: self.organization) {
            self.verdict.add(finding)
        }
        self.verdict.entries += 1
        self.last = link.position
        // What was stored is believed from here on, so that one change is reported once and not for all that follow.
        self.hash = link.hash
        self.compare(link)
    }

    /// Compares a position with what was signed there.
    private mutating func compare(_ link: AuditLink) {
        while self.nextCheckpoint < self.checkpoints.count {
            let checkpoint = self.checkpoints[self.nextCheckpoint]
            guard checkpoint.position <= link.position else { return }
            self.nextCheckpoint += 1
            // Positions that are missing have been reported.
            guard checkpoint.position == link.position else { continue }
            if checkpoint.hash == link.hash {
                self.verdict.proven = link.position
                self.verdict.provenAt = checkpoint.at
            } else {
                let first = (self.verdict.proven ?? 0) + 1
                self.verdict.add(
                    AuditFinding(
                        .rewritten, at: first,
                        "the chain was rewritten between position \(first) and position \(link.position), where "
                            + "something else was signed at \(checkpoint.at)"))
            }
        }
    }

    mutating func finish() {
        self.verdict.head = self.last
        guard let signed = self.checkpoints.last, signed.position > self.last else { return }
        self.verdict.add(
            AuditFinding(
                .truncated, at: self.last + 1,
                "the log ends at position \(self.last), but position \(signed.position) was signed at \(signed.at): "
                    + "what was behind was cut off"))
    }
}
