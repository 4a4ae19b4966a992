import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// What is about messages.
    static let messaging: [String: Recipe] = [
        "POST /api/v1/message-templates": Recipe(fields: { school, _ in
            Self.members(await school.messageTemplateInput())
        }),
        "PUT /api/v1/message-templates/{id}": Recipe(fields: { _, _ in
            [("subject", "Another"), ("text", "{{eventType}}, {{start}}")]
        }),
        "PUT /api/v1/me/message-preferences": Recipe(spendsCaller: true),
    ]
}
