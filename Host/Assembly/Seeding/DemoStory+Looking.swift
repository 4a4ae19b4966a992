internal import AlmanacKernel
internal import AlmanacStorage

extension DemoStory {
    /// A time that is free.
    struct Slot {
        let start: Instant
        let end: Instant
        let date: LocalDate
    }

    /// Where dates and times are meant.
    var zone: Zone { self.visitor.organization.zone }

    /// The free times of a provider from tomorrow on.
    func slots(_ type: String, _ provider: String, days: Int) async throws -> [Slot] {
        let span = "from=\(self.today.adding(days: 1))&to=\(self.today.adding(days: max(1, min(days, 60))))"
        let answer = await self.visitor.send(
            "GET", "/api/v1/slots", query: "eventType=\(type)&provider=\(provider)&\(span)&timeZone=\(self.zone.name)",
            token: self.token)
        guard answer.isFine else { throw self.refused(.string(type), answer) }
        return (answer.json["items"]?.array ?? []).compactMap { slot in
            guard let start = slot["start"]?.string.flatMap({ Instant(rfc3339: $0) }),
                let end = slot["end"]?.string.flatMap({ Instant(rfc3339: $0) })
            else { return nil }
            return Slot(start: start, end: end, date: self.zone.localDate(at: start))
        }
    }

    /// The first date that a step means: so many days ahead, or a day of the week from then on.
    func date(_ step: JSON) -> LocalDate {
        let earliest = self.today.adding(days: step["after"]?.int ?? 1)
        guard let weekday = step["weekday"]?.int else { return earliest }
        let ahead = (weekday - earliest.weekday.rawValue + 7) % 7
        return earliest.adding(days: ahead)
    }

    /// A time of a date, `18:30`, as the API writes it.
    func instant(_ date: LocalDate, _ time: JSON?) -> JSON {
        let minute = time?.string.flatMap { LocalTime($0) }?.minuteOfDay ?? 0
        return .string(self.zone.instants(of: date, minute: minute).compatible.rfc3339)
    }

    /// The texts of a list.
    func strings(_ list: JSON?) -> [String] { (list?.array ?? []).compactMap(\.string) }

    /// The identifier of a provider.
    func provider(_ name: String) throws -> String {
        guard let id = self.providers[name] else { throw self.problem("nobody is called \(name)") }
        return id
    }

    /// The identifier of a room or vehicle.
    func resource(_ name: String) throws -> String {
        guard let id = self.resources[name] else { throw self.problem("no room or vehicle is called \(name)") }
        return id
    }

    /// Sends a request that must succeed.
    func send(_ method: String, _ path: String, version: String? = nil, _ body: JSON) async throws -> JSON {
        let answer = await self.visitor.send(method, path, token: self.token, version: version, body: body)
        guard answer.isFine else { throw self.refused(body, answer) }
        return answer.json
    }

    /// What is wrong with the story.
    func problem(_ message: String) -> Problems { Problems([Problem(place: self.file, message: message)]) }

    /// What the API thinks of a step.
    func refused(_ step: JSON, _ answer: DemoVisitor.Answer) -> Problems {
        self.problem("a step is refused with \(answer.status): \(answer.json.text); it was \(step.text)")
    }
}
