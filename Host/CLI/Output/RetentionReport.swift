internal import AlmanacKernel
internal import AlmanacStorage

/// How long what is kept, and what is left of it, for people and for programs.
struct RetentionReport {
    private let slugs: [OrganizationID: String]
    private let format: OutputFormat

    init(_ organizations: [Organization], _ format: OutputFormat) {
        self.slugs = Dictionary(organizations.map { ($0.id, $0.slug) }, uniquingKeysWith: { first, _ in first })
        self.format = format
    }

    private func slug(_ organization: OrganizationID) -> String { self.slugs[organization] ?? "\(organization)" }

    func show(_ lines: [RetentionDesk.Line]) {
        switch self.format {
        case .text:
            for line in lines {
                let which = line.which.map { " (\($0))" } ?? ""
                let until = line.until.map { ", not before \($0)" } ?? ""
                let archive = line.archiveDays.map { ", then archived for \(Self.days($0))" } ?? ""
                Terminal.print("\(line.table)\(which)  \(Self.words(line))\(until)\(archive)  due \(line.due)")
            }
        case .json:
            let list = lines.map { line -> JSON in
                [
                    "table": .string(line.table), "which": line.which.map { .string($0) } ?? .null,
                    "since": .string(line.since), "until": line.until.map { .string($0) } ?? .null,
                    "seconds": .number(JSONNumber(line.seconds)), "due": .number(JSONNumber(line.due)),
                    "archiveDays": line.archiveDays.map { .number(JSONNumber($0)) } ?? .null,
                ]
            }
            Terminal.print(json: JSON.object(["rules": .array(list)]).serialized)
        }
    }

    private static func words(_ line: RetentionDesk.Line) -> String {
        switch line.seconds {
        case 0: "until \(line.since)"
        case let days where days % 86_400 == 0: "\(Self.days(Int(days / 86_400))) from \(line.since)"
        case let hours where hours % 3_600 == 0:
            "\(hours / 3_600) \(hours == 3_600 ? "hour" : "hours") from \(line.since)"
        case let seconds: "\(seconds) seconds from \(line.since)"
        }
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }

    func show(_ progress: RetentionService.Progress) {
        let removed = progress.removed.sorted { $0.key < $1.key }
        switch self.format {
        case .text:
            for (table, count) in removed { Terminal.print("\(table)  removed \(count)") }
            if removed.isEmpty, progress.failed.isEmpty { Terminal.print("nothing has had its time") }
        case .json:
            let counts = removed.map { ($0.key, JSON.number(JSONNumber($0.value))) }
            Terminal.print(
                json: JSON.object([
                    "removed": .object(JSONObject(counts)), "failed": .array(progress.failed.map { .string($0) }),
                ]).serialized)
        }
    }

    func show(_ archives: [StoredArchive]) {
        switch self.format {
        case .text:
            if archives.isEmpty { Terminal.print("nothing is archived") }
            for archive in archives {
                Terminal.print(
                    "\(archive.id)  \(self.slug(archive.organization))  \(archive.source)  rows \(archive.rows)  "
                        + "\(archive.firstAt.rfc3339) to \(archive.lastAt.rfc3339)  until \(archive.expiresAt.rfc3339)")
            }
        case .json:
            Terminal.print(json: JSON.object(["archives": .array(archives.map(self.document(of:)))]).serialized)
        }
    }

    private func document(of archive: StoredArchive) -> JSON {
        [
            "id": .string("\(archive.id)"), "organization": .string(self.slug(archive.organization)),
            "table": .string(archive.source), "rows": .number(JSONNumber(archive.rows)),
            "bytes": .number(JSONNumber(archive.size)), "compressed": .number(JSONNumber(archive.compressedSize)),
            "from": .string(archive.firstAt.rfc3339), "to": .string(archive.lastAt.rfc3339),
            "removedAt": .string(archive.madeAt.rfc3339), "until": .string(archive.expiresAt.rfc3339),
        ]
    }

    /// A removed row with whose and what it was.
    func show(_ line: String, of archive: StoredArchive) {
        let head = JSON.object([
            "organization": .string(self.slug(archive.organization)), "table": .string(archive.source),
        ]).text.dropLast()
        Terminal.print("\(head),\"row\":\(line)}")
    }
}
