internal import AlmanacKernel
internal import AlmanacStorage

/// An event with its deliveries, for people and for programs.
struct EventView {
    private let event: StoredEvent
    private let organization: String

    init(_ event: StoredEvent, _ organization: String) {
        self.event = event
        self.organization = organization
    }

    /// One line of a list.
    var line: String {
        let deliveries = self.event.deliveries.map { "\($0.consumer)=\($0.state.rawValue)" }.joined(separator: " ")
        return "\(self.event.occurredAt.rfc3339)  \(self.organization)  \(self.event.id)  \(self.event.wire)  "
            + (deliveries.isEmpty ? "nobody is told" : deliveries)
    }

    /// Everything.
    var text: String {
        var lines = [
            "event         \(self.event.id)", "name          \(self.event.wire)",
            "organization  \(self.organization)", "happened      \(self.event.occurredAt.rfc3339)",
            "position      \(self.event.position.map { "\($0)" } ?? "none yet")",
            "ordering key  \(self.event.orderingKey ?? "none")",
        ]
        if let payload = self.event.payload { lines.append("facts         \(payload.text)") }
        lines += self.event.deliveries.map { delivery in
            var words = ["delivery      \(delivery.consumer): \(delivery.state.rawValue)"]
            if delivery.failures > 0 { words.append("failed \(delivery.failures) times") }
            if let due = delivery.dueAt { words.append("tried again at \(due.rfc3339)") }
            if let finished = delivery.finishedAt { words.append("over at \(finished.rfc3339)") }
            if let error = delivery.lastError { words.append("last failure: \(error)") }
            return words.joined(separator: ", ")
        }
        return lines.joined(separator: "\n")
    }

    var json: JSON {
        var members: [(String, JSON)] = [
            ("id", .string("\(self.event.id)")), ("organization", .string(self.organization)),
            ("name", .string(self.event.wire.name)), ("version", .number(JSONNumber(self.event.wire.version))),
            ("position", self.event.position.map { .number(JSONNumber($0)) } ?? .null),
            ("orderingKey", self.event.orderingKey.map { .string($0) } ?? .null),
            ("occurredAt", .string(self.event.occurredAt.rfc3339)),
        ]
        if let payload = self.event.payload { members.append(("payload", payload)) }
        let deliveries = self.event.deliveries.map { delivery -> JSON in
            [
                "consumer": .string(delivery.consumer), "state": .string(delivery.state.rawValue),
                "failures": .number(JSONNumber(delivery.failures)),
                "lastError": delivery.lastError.map { .string($0) } ?? .null,
                "dueAt": delivery.dueAt.map { .string($0.rfc3339) } ?? .null,
                "finishedAt": delivery.finishedAt.map { .string($0.rfc3339) } ?? .null,
            ]
        }
        return .object(JSONObject(members + [("deliveries", .array(deliveries))]))
    }
}

/// A dead letter, for people and for programs.
struct DeadLetterView {
    private let letter: DeadLetter
    private let organization: String

    init(_ letter: DeadLetter, _ organization: String) {
        self.letter = letter
        self.organization = organization
    }

    private var behind: String {
        self.letter.behind < DeadLetter.mostBehind ? "\(self.letter.behind)" : "\(DeadLetter.mostBehind) or more"
    }

    /// One line of a list.
    var line: String {
        "\(self.letter.occurredAt.rfc3339)  \(self.organization)  \(self.letter.event)  \(self.letter.wire)  "
            + "\(self.letter.consumer)  failed \(self.letter.failures) times  behind: \(self.behind)  "
            + (self.letter.lastError ?? "")
    }

    var json: JSON {
        [
            "event": .string("\(self.letter.event)"), "organization": .string(self.organization),
            "name": .string(self.letter.wire.name), "version": .number(JSONNumber(self.letter.wire.version)),
            "consumer": .string(self.letter.consumer), "failures": .number(JSONNumber(self.letter.failures)),
            "orderingKey": self.letter.orderingKey.map { .string($0) } ?? .null,
            "lastError": self.letter.lastError.map { .string($0) } ?? .null,
            "behind": .number(JSONNumber(self.letter.behind)),
            "occurredAt": .string(self.letter.occurredAt.rfc3339),
        ]
    }
}
