internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which users agree to something, take it back, and see what they have agreed to.
enum ConsentEndpoints {
    static func all(_ consents: Consents) -> [Endpoint] {
        [
            Endpoint.get(
                "/me/consents", self.list(consents), "Lists what the caller agreed to and took back, the latest first."),
            Endpoint.post("/me/consents", self.record(consents), "Agrees to a purpose, or takes that back."),
        ].map { $0.inProduct() }
    }

    struct ConsentView: Codable, Sendable {
        let id: ID<Consent>
        let purpose: String
        let textVersion: String
        let given: Bool
        let recordedAt: Instant

        init(_ consent: Consent) {
            self.id = consent.id
            self.purpose = consent.purpose
            self.textVersion = consent.textVersion
            self.given = consent.isGiven
            self.recordedAt = consent.recordedAt
        }
    }

    private static func list(_ consents: Consents) -> Query<PageInput, Page<ConsentView>> {
        Query("kernel.consents.list", .signedIn) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "consents", keys: 1) }
            let found = try consents.own(after: cursor, limit: input.limit + 1, in: tx)
            return Page(found.map { ConsentView($0) }, limit: input.limit) {
                Cursor(list: "consents", keys: [$0.id.sqlValue])
            }
        }
    }

    struct RecordConsent: APIInput {
        let purpose: String
        let textVersion: String
        let given: Bool

        static let constraints: [String: Constraint] = [
            "purpose": .text(1...60, "What is agreed to, as `newsletter`: lower-case letters, digits and hyphens."),
            "textVersion": .text(1...60, "Which version of the text was shown, as the deployment names them."),
        ]
    }

    private static func record(_ consents: Consents) -> Command<RecordConsent, ConsentView> {
        Command("kernel.consents.record", .signedIn) { input, _, tx in
            ConsentView(
                try consents.record(input.purpose, textVersion: input.textVersion, isGiven: input.given, in: tx))
        }
    }
}
