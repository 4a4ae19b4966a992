internal import AlmanacStorage

/// The way through the months that stand in files.
extension AuditWalk {
    /// Goes through the files of a log, up to where the database goes on.
    ///
    /// - Parameters:
    ///   - segments: All segments of the log, by position.
    ///   - folder: Where their files are.
    ///   - key: What checks their signatures; `nil` when nobody knows.
    ///   - horizon: The end of the time for which files are kept: a file with later entries is not removed.
    mutating func visit(
        _ segments: [AuditSegment], in folder: SegmentFolder, signedBy key: AuditPublicKey?, keptFrom horizon: Instant?
    ) {
        for segment in segments {
            self.verdict.segments += 1
            let name = "the archived month \(segment.month.description.prefix(7)), \(segment.file),"
            func complain(_ what: String) {
                self.verdict.add(AuditFinding(.segment, at: segment.first, "\(name) \(what)"))
            }
            if let key, !segment.isSigned(by: key) {
                complain("is not told of as it was signed: what the database says of it was changed")
            }
            if segment.first != self.last + 1 || segment.last < segment.first {
                let gap = "positions \(self.last + 1) to \(segment.first - 1) are missing"
                self.verdict.add(AuditFinding(.missing, at: self.last + 1, "\(gap) before \(name)"))
            } else if segment.previous != self.hash {
                complain("does not follow what is before it")
            }
            self.jump(to: segment.first - 1, segment.previous)
            if let removal = segment.removal {
                if let horizon, segment.to >= horizon {
                    complain("was removed at \(removal.at) before its time had come")
                }
                self.verdict.removed += segment.count
            } else {
                do {
                    try folder.forEachLine(of: segment) { line in
                        self.visit(line)
                        return true
                    }
                    if self.last != segment.last || self.hash != segment.hash { complain("holds other entries") }
                } catch {
                    complain("cannot be examined: \(error)")
                }
            }
            self.jump(to: segment.last, segment.hash)
            self.compare(segment.last, segment.hash)
        }
    }

    private mutating func visit(_ line: ArchivedLine) {
        let expected = AuditChain.hash(
            at: line.position, of: self.organization, after: self.hash, canonical: line.canonical)
        if line.position != self.last + 1 || expected != line.hash {
            self.verdict.add(
                AuditFinding(
                    .changed, at: line.position,
                    "the archived entry at position \(line.position) is not the one that was sealed there"))
        }
        self.verdict.entries += 1
        self.verdict.archived += 1
        self.jump(to: line.position, line.hash)
        self.compare(line.position, line.hash)
    }
}
