internal import AlmanacKernel
internal import AlmanacStorage

/// Jobs and schedules, for people and for programs.
struct JobReport {
    private let slugs: [OrganizationID: String]
    private let format: OutputFormat

    init(_ organizations: [Organization], _ format: OutputFormat) {
        self.slugs = Dictionary(organizations.map { ($0.id, $0.slug) }, uniquingKeysWith: { first, _ in first })
        self.format = format
    }

    private func slug(_ organization: OrganizationID) -> String { self.slugs[organization] ?? "\(organization)" }

    func show(_ jobs: [StoredJob]) {
        switch self.format {
        case .text:
            for job in jobs {
                let error = job.lastError.map { "  \($0)" } ?? ""
                Terminal.print(
                    "\(job.id)  \(self.slug(job.organization))  \(job.name)  \(job.state.rawValue)  "
                        + "\(job.runAt.rfc3339)  attempts \(job.attempts)\(error)")
            }
        case .json: Terminal.print(json: JSON.object(["jobs": .array(jobs.map(self.document(of:)))]).serialized)
        }
    }

    /// All there is to know of a job.
    func document(of job: StoredJob) -> JSON {
        [
            "id": .string("\(job.id)"), "organization": .string(self.slug(job.organization)), "name": .string(job.name),
            "state": .string(job.state.rawValue), "priority": .string("\(job.priority)"),
            "runAt": .string(job.runAt.rfc3339), "attempts": .number(JSONNumber(job.attempts)),
            "uniqueKey": Self.text(job.uniqueKey), "owner": Self.text(job.owner),
            "leasedUntil": Self.text(job.leasedUntil?.rfc3339), "lastError": Self.text(job.lastError),
            "enqueuedBy": .string(job.enqueuedBy), "createdAt": .string(job.createdAt.rfc3339),
            "finishedAt": Self.text(job.finishedAt?.rfc3339), "input": job.input,
        ]
    }

    private static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    func show(_ tallies: [JobDesk.Tally]) {
        switch self.format {
        case .text: for tally in tallies { Terminal.print("\(tally.name)  \(tally.state)  \(tally.count)") }
        case .json:
            let list = tallies.map { tally -> JSON in
                ["name": .string(tally.name), "state": .string(tally.state), "count": .number(JSONNumber(tally.count))]
            }
            Terminal.print(json: JSON.object(["counts": .array(list)]).serialized)
        }
    }

    func show(_ schedules: [StoredSchedule]) {
        switch self.format {
        case .text:
            for schedule in schedules {
                let last = schedule.lastAt.map { "  last \($0.rfc3339)" } ?? ""
                Terminal.print(
                    "\(schedule.name)  \(self.slug(schedule.organization))  next \(schedule.nextAt.rfc3339)\(last)  "
                        + "(\(schedule.basis))")
            }
        case .json:
            let list = schedules.map { schedule -> JSON in
                [
                    "name": .string(schedule.name), "organization": .string(self.slug(schedule.organization)),
                    "nextAt": .string(schedule.nextAt.rfc3339), "lastAt": Self.text(schedule.lastAt?.rfc3339),
                    "rule": .string(schedule.basis),
                ]
            }
            Terminal.print(json: JSON.object(["schedules": .array(list)]).serialized)
        }
    }
}
