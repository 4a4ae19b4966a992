import AlmanacStorage
import AlmanacTestKit
import Testing

/// What holds for the inputs of all operations, and for inputs that contradict themselves.
struct InputTests {
    @Test("v5.0.0-2.1.1 every input says what it may hold")
    func everyInputSaysWhatItMayHold() async throws {
        try await withSecurityWorld(.sqlite) { world in
            for operation in world.description.operations {
                let parameters = (operation.parameters(in: "path") + operation.parameters(in: "query")).map {
                    ($0.name, $0.schema)
                }
                let body = operation.body.map { [("body", $0)] } ?? []
                for (name, schema) in parameters + body {
                    let boundless = Self.boundless(schema, world.description.document, at: name)
                    #expect(boundless == [], "\(operation.route)")
                }
            }
        }
    }

    /// The places of texts, numbers and lists without a limit or a form.
    private static func boundless(_ schema: JSON, _ document: JSON, at place: String) -> [String] {
        let schema = APIDescription.resolve(schema, document)
        if let forms = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            return forms.flatMap { Self.boundless($0, document, at: place) }
        }
        let types = Set(schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string ?? ""])
        if types.contains("object") {
            let others = schema["additionalProperties"].flatMap { $0.object == nil ? nil : $0 }
            return (schema["properties"]?.object?.members ?? []).flatMap {
                Self.boundless($0.value, document, at: "\(place)/\($0.name)")
            } + (others.map { Self.boundless($0, document, at: "\(place)/*") } ?? [])
        }
        if types.contains("array") {
            let items = schema["items"].map { Self.boundless($0, document, at: "\(place)[]") } ?? []
            return (schema["maxItems"] == nil ? ["\(place) has no maxItems"] : []) + items
        }
        if types.contains("string") {
            let limits = ["maxLength", "format", "enum", "pattern", "const"]
            return limits.contains { schema[$0] != nil } ? [] : ["\(place) has neither length nor form"]
        }
        if types.contains("integer") || types.contains("number") {
            return schema["minimum"] != nil && schema["maximum"] != nil ? [] : ["\(place) has no range"]
        }
        return []
    }

    @Test(
        "v5.0.0-1.4.2 v5.0.0-2.2.2 numbers, dates and instants at the edges are refused, not wrapped",
        arguments: TestEngine.allCases)
    func edgesAreRefused(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let numbers = [
                "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e308", "-0.0", "1e-400",
            ]
            let dates = ["9999-12-31", "0001-01-01", "0000-00-00", "10000-01-01", "-0001-01-01", "2026-02-30"]
            let instants = [
                "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-12-31T23:59:60Z",
                "2026-01-01T00:00:00+99:99", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
            ]
            for operation in world.description.operations {
                let members = operation.body?["properties"]?.object?.members ?? []
                for (name, schema) in members.map({ ($0.name, $0.value) }) {
                    let kind = schema["format"]?.string ?? schema["type"]?.string ?? ""
                    let isInteger = kind == "int64" || kind == "integer" || schema["type"]?[0]?.string == "integer"
                    let values = isInteger ? numbers : kind == "date" ? dates : kind == "date-time" ? instants : []
                    for value in values {
                        let request = try await world.request(operation)
                        let marked = (request.body ?? .object([:])).with(name, "HERE").text
                        let text = isInteger ? value : "\"\(value)\""
                        let body = marked.split(separator: "\"HERE\"", omittingEmptySubsequences: false).joined(
                            separator: text)
                        let answer = await admin.send(
                            request.method, request.target, body: Array(body.utf8),
                            headers: request.headers + [("Content-Type", "application/json")])
                        #expect(answer.status < 500, "\(name) = \(value): \(answer)")
                    }
                }
                for parameter in operation.parameters(in: "query") {
                    let format = parameter.schema["format"]?.string ?? ""
                    let values = format == "int64" ? numbers : format == "date" ? dates : []
                    let target = try await world.request(operation).target.split(separator: "?")[0]
                    let others = operation.parameters(in: "query").filter { $0.isRequired && $0.name != parameter.name }
                    let rest = others.map {
                        "&\($0.name)=\(world.sample.value($0.schema, named: $0.name).string ?? "")"
                    }
                    for value in values {
                        let answer = await admin.get("\(target)?\(parameter.name)=\(value)\(rest.joined())")
                        #expect(answer.status < 500, "\(answer)")
                    }
                }
            }
        }
    }

    @Test("v5.0.0-2.2.3 fields that contradict each other are refused", arguments: TestEngine.allCases)
    func contradictionsAreRefused(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            let school = try world.school()
            let provider = try await school.someProvider()
            let anyVersion = [(name: "If-Match", value: "*")]

            let backwards = MatrixSchool.blockedTimeInput(provider).with("end", "2027-03-03T09:00:00Z")
            #expect(await admin.post("/api/v1/blocked-times", backwards).status == 422)
            let hours: JSON = ["rules": [["weekday": 1, "start": "17:00", "end": "09:00"]]]
            let rules = "/api/v1/providers/\(provider)/weekly-rules"
            #expect(await admin.send("PUT", rules, json: hours, headers: anyVersion).status == 422)
            let overlap: JSON = [
                "rules": [
                    ["weekday": 1, "start": "09:00", "end": "12:00"], ["weekday": 1, "start": "11:00", "end": "13:00"],
                ]
            ]
            #expect(await admin.send("PUT", rules, json: overlap, headers: anyVersion).status == 422)
            let slots = "/api/v1/slots?eventType=lesson&from=2026-03-05&to=2026-03-04"
            #expect(await admin.get(slots).status == 422)
            let foreign = MatrixSchool.eventTypeInput(await school.slug(), []).with(
                "price", ["amount": 100, "currency": "XXX"])
            #expect(await admin.post("/api/v1/event-types", foreign).status == 422)
        }
    }

    @Test(
        "v5.0.0-2.3.1 v5.0.0-2.3.2 what is over cannot be done again, and what comes too early or late not at all",
        arguments: TestEngine.allCases)
    func stepsAreTakenInOrder(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let school = try world.school()
            let customer = try await world.client(as: .customer)
            let booking = try await school.booking(of: .customer, with: school.second).id
            let path = "/api/v1/bookings/\(booking)"
            try await customer.post("\(path)/cancel", [:]).expect(200)

            try await customer.post("\(path)/cancel", [:]).expect(409, code: "booking_cancelled")
            let start: JSON = ["start": .string(await school.freeStart())]
            try await customer.post("\(path)/reschedule", start).expect(409, code: "booking_cancelled")
            for (start, code) in [("2026-03-01T10:00:00Z", "in_past"), ("2029-03-01T10:00:00Z", "too_far")] {
                let body: JSON = ["eventType": "lesson", "provider": .string(school.second), "start": .string(start)]
                try await customer.post("/api/v1/bookings", body).expect(422, code: code)
            }
        }
    }
}
