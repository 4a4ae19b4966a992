internal import AlmanacStorage

/// The way along one chain, from its beginning to its end.
struct AuditWalk {
    var verdict: AuditVerdict
    let organization: OrganizationID
    private let checkpoints: [AuditCheckpoint]
    private var nextCheckpoint = 0
    /// The last position that was visited.
    private(set) var last: Int64 = 0
    /// The hash there.
    private(set) var hash = AuditChain.origin
    /// The hash before the row that the database holds first, where files hold it too.
    private var overlap: (first: Int64, previous: [UInt8]?)?

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
        switch link.personal {
        case .erased: self.verdict.erased += 1
        case .unavailable: self.verdict.unreadable += 1
        case .absent, .open, .forged: break
        }
        self.last = link.position
        // What was stored is believed from here on, so that one change is reported once and not for all that follow.
        self.hash = link.hash
        self.compare(link.position, link.hash)
    }

    /// Goes on from a position, believing its hash.
    mutating func jump(to position: Int64, _ hash: [UInt8]) {
        self.last = position
        self.hash = hash
        if let overlap = self.overlap, overlap.first == position + 1 { self.overlap?.previous = hash }
    }

    /// Compares a position with what was signed there.
    mutating func compare(_ position: Int64, _ hash: [UInt8]) {
        while self.nextCheckpoint < self.checkpoints.count {
            let checkpoint = self.checkpoints[self.nextCheckpoint]
            guard checkpoint.position <= position else { return }
            self.nextCheckpoint += 1
            // Positions that are missing have been reported.
            guard checkpoint.position == position else { continue }
            if checkpoint.hash == hash {
                self.verdict.proven = position
                self.verdict.provenAt = checkpoint.at
            } else {
                let first = (self.verdict.proven ?? 0) + 1
                self.verdict.add(
                    AuditFinding(
                        .rewritten, at: first,
                        "the chain was rewritten between position \(first) and position \(position), where "
                            + "something else was signed at \(checkpoint.at)"))
            }
        }
    }

    /// Looks out, from the beginning, for what is before the first row of the database: while rows that a file has
    /// are deleted, some of them are still there.
    mutating func expectOverlap(at first: Int64?) {
        guard let first else { return }
        self.overlap = (first, first == 1 ? AuditChain.origin : nil)
    }

    /// Compares rows that files have too with what the files say.
    ///
    /// A chain of hashes that ends in the one that is known cannot be made of other entries.
    ///
    /// - Parameters:
    ///   - links: Those of the database up to the last position of the files, by position.
    ///   - isEnd: Whether these are the last ones.
    mutating func visit(overlapping links: [AuditLink], isEnd: Bool) {
        guard var overlap = self.overlap else { return }
        for link in links {
            let isNext = link.position == overlap.first
            if !isNext || overlap.previous.map({ link.finding(after: $0, of: self.organization) != nil }) ?? true {
                self.verdict.add(
                    AuditFinding(
                        .inserted, at: link.position,
                        "the database has an entry at position \(link.position) that is not the archived one"))
            }
            overlap = (link.position + 1, link.hash)
        }
        self.overlap = overlap
        if isEnd, overlap.first != self.last + 1 || overlap.previous != self.hash {
            self.verdict.add(
                AuditFinding(
                    .inserted, at: nil,
                    "the database has entries before position \(self.last + 1) that are not the archived ones"))
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
