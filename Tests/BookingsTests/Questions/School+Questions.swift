import AlmanacStorage
import AlmanacTestKit

extension School {
    /// A licence to be chosen, a reason asked of some, and how somebody heard of the school.
    static let questions: [JSON] = [
        [
            "name": "licence", "type": "singleChoice", "label": ["de": "Klasse", "en": "Licence"], "required": true,
            "options": [
                ["value": "b", "label": ["de": "Auto", "en": "Car"]], ["value": "a", "label": ["en": "Motorcycle"]],
            ],
        ],
        [
            "name": "helmet", "type": "number", "label": "Size of helmet", "required": true, "minimum": 50,
            "maximum": 65, "conditions": [["question": "licence", "anyOf": ["a"]]],
        ],
        [
            "name": "found", "type": "multipleChoice", "label": "How did you find us?", "maximum": 2,
            "options": [
                ["value": "web", "label": "Search"], ["value": "friend", "label": "A friend"],
                ["value": "sign", "label": "The sign"],
            ],
        ],
        ["name": "note", "type": "text", "label": "Anything else?", "maxLength": 20],
    ]

    /// Asks questions of everybody who books a lesson.
    @discardableResult
    func ask(_ questions: [JSON] = School.questions, version: Int = 1, missing: String = "refuse") async -> APIAnswer {
        await self.put(
            "event-types/\(self.lesson)/questions",
            ["questions": .array(questions), "missingAnswers": .string(missing)], version: version)
    }

    /// Books a lesson with answers.
    func book(_ start: String, answering answers: JSON, as client: APIClient? = nil) async -> APIAnswer {
        await (client ?? self.customer).post(
            "/api/v1/bookings", ["eventType": "lesson", "start": .string(start), "answers": answers])
    }

    /// What was answered with a booking.
    func answers(of booking: String, as client: APIClient? = nil) async throws -> JSON {
        try await (client ?? self.customer).get("/api/v1/bookings/\(booking)/answers").expect(200)
    }
}

extension JSON {
    /// The value of the answer of this name in what the API shows of a booking's answers.
    func answer(_ name: String) -> JSON? {
        self["items"]?.array?.first { $0["name"]?.string == name }?["value"]
    }
}
