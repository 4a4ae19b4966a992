public import AlmanacKernel
public import AlmanacStorage

/// Something that was agreed by a clock on a wall and stands at another instant than that time means today, because
/// rules of time zones have changed.
public struct ZoneShift: Sendable, Equatable {
    /// What it is, as `booking`, and which.
    public let object: AuditEntry.Object
    /// What people call it.
    public let label: String
    /// The instant at which it stands.
    public let start: Instant
    /// What was agreed, as `2026-03-03 09:00 Europe/Berlin`.
    public let agreed: String
    /// The instant that this means now; `nil` when this machine does not know the zone.
    public let expectedStart: Instant?

    /// Describes a shift.
    public init(
        object: AuditEntry.Object, label: String, start: Instant, agreed: String, expectedStart: Instant?
    ) {
        self.object = object
        self.label = label
        self.start = start
        self.agreed = agreed
        self.expectedStart = expectedStart
    }
}

/// Finds what changed rules of time zones have shifted, and moves it to the time on the clock for which it was made.
///
/// Whether people or instants keep their word is for somebody to decide: nothing here runs by itself.
public struct ZoneReconciliation: Contribution {
    /// What came of a reconciliation.
    public struct Report: Sendable, Equatable {
        /// What became of one shift.
        public enum Outcome: Sendable, Equatable {
            /// It was only listed.
            case found
            /// It was moved.
            case moved
            /// It cannot be moved: a stable name for the reason, and the same for people.
            case refused(code: String, detail: String)
        }

        /// Each shift with what became of it, by start.
        public var items: [(shift: ZoneShift, outcome: Outcome)] = []

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public static func == (lhs: Report, rhs: Report) -> Bool {
            lhs.items.elementsEqual(rhs.items) { $0.shift == $1.shift && $0.outcome == $1.outcome }
        }
    }

    /// Lists everything that has shifted and is yet to come, by start.
    public let list: Query<Nothing, [ZoneShift]>
    /// Moves one of them, as anybody who may would move it: audited, and told.
    public let move: Command<ZoneShift, Nothing>

    /// Describes a reconciliation.
    public init(list: Query<Nothing, [ZoneShift]>, move: Command<ZoneShift, Nothing>) {
        self.list = list
        self.move = move
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "zone reconciliation \(self.list.name)" }

    /// Lists what has shifted in one organization, and moves it if asked to; each in a transaction of its own.
    ///
    /// What stands where another one has to go is tried again once that one has gone.
    ///
    /// - Parameters:
    ///   - isApplied: Whether anything is moved.
    ///   - invoker: What runs operations.
    ///   - owner: The plugin that has contributed this.
    ///   - call: As whom.
    /// - Returns: What has shifted, and what became of it.
    /// - Throws: ``Refusal`` when the caller may not see it; storage errors. What was moved before stays so.
    public func run(
        isApplied: Bool, by invoker: Invoker, of owner: PluginID, as call: Call
    ) async throws -> Report {
        var report = Report()
        report.items = try await invoker.run(self.list, of: owner, Nothing(), as: call).map { ($0, .found) }
        guard isApplied else { return report }
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for index in report.items.indices where report.items[index].outcome != .moved {
                let outcome = try await self.outcome(report.items[index].shift, invoker, owner, call)
                report.items[index].outcome = outcome
                hasMoved = hasMoved || outcome == .moved
            }
        }
        return report
    }

    private func outcome(
        _ shift: ZoneShift, _ invoker: Invoker, _ owner: PluginID, _ call: Call
    ) async throws -> Report.Outcome {
        guard shift.expectedStart != nil else {
            return .refused(code: "unknown_zone", detail: "this machine does not know the zone: update its zone data")
        }
        do {
            _ = try await invoker.run(self.move, of: owner, shift, as: call)
            return .moved
        } catch let refusal as Refusal {
            return .refused(code: refusal.code, detail: refusal.message)
        }
    }
}
