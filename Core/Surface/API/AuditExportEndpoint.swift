internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoint with which administrators take the audit log of their organization away, to keep it or to examine it.
enum AuditExportEndpoint {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        [
            Endpoint(
                lines: "kernel.audit.export", "/audit/export",
                "Takes the audit log away as JSON Lines, the oldest entries first; each piece is noted in the log",
                permission: .readAudit
            ) { (input: ExportAudit, call: Call) in
                try await Self.export(input, call, runtime)
            }
        ]
    }

    struct ExportAudit: APIInput {
        let actor: String?
        let action: String?
        let objectType: String?
        let objectId: String?
        let outcome: AuditEndpoints.Outcome?
        let from: Instant?
        let to: Instant?
        let limit: Int
        let afterPosition: Int?

        static let constraints: [String: Constraint] = [
            "actor": .text(1...100, "Who did it: `user:ID`, `system:NAME` or `anonymous`."),
            "action": .text(1...200, "What was done, as `bookings.booking.cancelled`."),
            "objectType": .text(1...100, "The kind of thing it was done to, as `booking`."),
            "objectId": .text(1...200, "The thing it was done to."),
            "outcome": .field("Whether it was done or refused."),
            "from": .field("The first instant."),
            "to": .field("The first instant that is too late."),
            "limit": .integer(
                1...5_000, default: 1_000,
                "How many sealed entries a piece has at most; those not sealed yet end the last one."),
            "afterPosition": .integer(
                0...9_007_199_254_740_991, "The position after which to go on, as the header `Link` has it."),
        ]

        var filter: AuditFilter {
            var filter = AuditFilter()
            filter.actor = self.actor
            filter.action = self.action
            filter.objectType = self.objectType
            filter.objectID = self.objectId
            filter.isSuccess = self.outcome.map { $0 == .success }
            filter.from = self.from
            filter.to = self.to
            return filter
        }

        /// What was asked for, without the place.
        var fields: [(name: String, value: String)] {
            let all: [(name: String, value: String?)] = [
                ("actor", self.actor), ("action", self.action), ("objectType", self.objectType),
                ("objectId", self.objectId), ("outcome", self.outcome?.rawValue), ("from", self.from?.rfc3339),
                ("to", self.to?.rfc3339), ("limit", "\(self.limit)"),
            ]
            return all.compactMap { field in field.value.map { (field.name, $0) } }
        }
    }

    /// Notes that somebody takes the log away; what it is about may itself be nobody's business, so before it is read.
    private static let note = Command<ExportAudit, Void>("kernel.audit.export", .permission(.readAudit)) {
        input, _, tx in
        guard try tx.filter(.readAudit) == .organization else { throw Refusal.forbidden(.readAudit) }
        var detail = input.fields.map { ($0.name, JSON.string($0.value)) }
        detail.append(("afterPosition", input.afterPosition.map { .number(JSONNumber($0)) } ?? .null))
        try tx.audit("kernel.audit.exported", detail: .object(JSONObject(detail)))
    }

    private static func export(_ input: ExportAudit, _ call: Call, _ runtime: Runtime) async throws -> LinesAnswer {
        try await runtime.invoker.run(Self.note, of: "kernel", input, as: call)
        let piece = try await runtime.audit.export.piece(
            of: call.organization, input.filter, after: input.afterPosition.map { Int64($0) }, limit: input.limit)
        let next = piece.hasMore ? input.fields + [("afterPosition", "\(piece.last)")] : nil
        return LinesAnswer(lines: piece.bytes, next: next)
    }
}
