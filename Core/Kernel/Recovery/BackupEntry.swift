package import AlmanacStorage

/// A backup that was made, or was tried and failed.
package struct BackupEntry: Sendable, Equatable {
    /// What became of it.
    package enum Outcome: Sendable, Equatable {
        /// It is there, was read back and agrees with what was written: so many bytes and rows at a place.
        case made(place: String, bytes: Int, rows: Int)
        /// There is none, for this reason.
        case failed(String)
    }

    /// Identifies it.
    package let id: ID<BackupEntry>
    /// When it was begun: everything that had been confirmed by then is in it.
    package let beganAt: Instant
    /// When it was complete, or had failed.
    package let endedAt: Instant
    /// The machine on which it was made.
    package let machine: String
    /// The account of that machine under which it was made.
    package let account: String
    /// The version of the program that made it.
    package let program: String
    /// What became of it.
    package let outcome: Outcome

    /// The longest text that is kept of a place or a reason, in characters.
    static let longestText = 500

    /// Describes a backup.
    package init(
        id: ID<BackupEntry>, beganAt: Instant, endedAt: Instant, machine: String, account: String, program: String,
        outcome: Outcome
    ) {
        self.id = id
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.machine = machine
        self.account = account
        self.program = program
        self.outcome =
            switch outcome {
            case .made(let place, let bytes, let rows):
                .made(place: String(place.prefix(Self.longestText)), bytes: bytes, rows: rows)
            case .failed(let reason): .failed(String(reason.prefix(Self.longestText)))
            }
    }

    /// How long it took, in whole seconds.
    package var seconds: Int { Int(max(0, (self.endedAt.microseconds - self.beganAt.microseconds) / 1_000_000)) }

    /// Where it is; `nil` when there is none.
    package var place: String? { if case .made(let place, _, _) = self.outcome { place } else { nil } }
    /// How many bytes of data it has; `nil` when there is none.
    package var bytes: Int? { if case .made(_, let bytes, _) = self.outcome { bytes } else { nil } }
    /// How many rows it has; `nil` when there is none.
    package var rows: Int? { if case .made(_, _, let rows) = self.outcome { rows } else { nil } }
    /// Why there is none; `nil` when it was made.
    package var failure: String? { if case .failed(let reason) = self.outcome { reason } else { nil } }
}

extension BackupEntry: Record {
    package static let columns: Columns = [
        "id", "began_at", "ended_at", "machine", "account", "program", "place", "bytes", "row_count", "failure",
    ]

    package init(row: inout RowReader) throws {
        let id: ID<BackupEntry> = try row.next()
        let beganAt: Instant = try row.next()
        let endedAt: Instant = try row.next()
        let machine: String = try row.next()
        let account: String = try row.next()
        let program: String = try row.next()
        let place: String? = try row.nextIfPresent()
        let bytes: Int? = try row.nextIfPresent()
        let rows: Int? = try row.nextIfPresent()
        let failure: String? = try row.nextIfPresent()
        self.init(
            id: id, beganAt: beganAt, endedAt: endedAt, machine: machine, account: account, program: program,
            outcome: failure.map { .failed($0) } ?? .made(place: place ?? "", bytes: bytes ?? 0, rows: rows ?? 0))
    }
}

/// As a note that waits until somebody may write to the database.
extension BackupEntry {
    var json: JSON {
        [
            "id": .string("\(self.id)"), "beganAt": .string(self.beganAt.rfc3339),
            "endedAt": .string(self.endedAt.rfc3339), "machine": .string(self.machine),
            "account": .string(self.account), "program": .string(self.program),
            "place": self.place.map { .string($0) } ?? .null,
            "bytes": self.bytes.map { .number(JSONNumber($0)) } ?? .null,
            "rows": self.rows.map { .number(JSONNumber($0)) } ?? .null,
            "failure": self.failure.map { .string($0) } ?? .null,
        ]
    }

    /// Reads a note; `nil` when it is none, or was not written to its end.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string.flatMap({ ID<BackupEntry>($0) }),
            let beganAt = json["beganAt"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let endedAt = json["endedAt"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let machine = json["machine"]?.string, let account = json["account"]?.string,
            let program = json["program"]?.string
        else { return nil }
        let outcome: Outcome
        if let failure = json["failure"]?.string {
            outcome = .failed(failure)
        } else if let place = json["place"]?.string, let bytes = json["bytes"]?.int, let rows = json["rows"]?.int {
            outcome = .made(place: place, bytes: bytes, rows: rows)
        } else {
            return nil
        }
        self.init(
            id: id, beganAt: beganAt, endedAt: endedAt, machine: machine, account: account, program: program,
            outcome: outcome)
    }
}
