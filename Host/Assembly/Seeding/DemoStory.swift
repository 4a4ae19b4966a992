internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Foundation

/// What goes on in a demo: what is booked in the days to come, which sessions there are, and who waits.
///
/// Tables stay true for years, but nobody wants to see a calendar of long ago. So `story.json` beside them tells of days
/// by their distance from today, and is played by the API as the first administrator, once, when the tables are imported.
/// `Host/Verticals/README.md` describes the file.
struct DemoStory {
    let visitor: DemoVisitor
    let token: String
    /// The file, as messages name it.
    let file: String
    let today: LocalDate
    /// Identifiers by name.
    let providers: [String: String]
    let resources: [String: String]
    /// Whom things are booked for, one after the other: customers without an account.
    let customers: [String]

    /// Plays the story of a folder, if it has one.
    ///
    /// - Parameters:
    ///   - folder: Where the demo's tables are.
    ///   - deployment: Where they have been imported.
    ///   - report: What that led to.
    /// - Throws: ``AlmanacKernel/Problems`` when the file is no story, or a step of it is refused.
    static func play(_ folder: String, _ deployment: Deployment, after report: SeedReport) async throws {
        let file = "\(folder)/story.json"
        guard let data = FileManager.default.contents(atPath: file) else { return }
        let admin = report.accounts.first { $0.role == .admin && $0.passphrase != nil }
        guard let admin, let passphrase = admin.passphrase else { return }
        guard let story = try? JSON(parsing: Array(data)), story.object != nil else {
            throw Problems([Problem(place: file, message: "is no JSON object")])
        }
        let organization = try await deployment.organization()
        let visitor = DemoVisitor(api: deployment.api, organization: organization)
        guard let token = await visitor.signIn(admin.email, passphrase) else { return }
        let accounts = Set(report.accounts.map(\.email))
        let players = DemoPlayers(visitor: visitor, token: token)
        let told = Self(
            visitor: visitor, token: token, file: file, today: organization.zone.localDate(at: SystemClock().now),
            providers: await players.names("/api/v1/providers"), resources: await players.names("/api/v1/resources"),
            customers: await players.customers(without: accounts))
        for step in story["eventTypes"]?.array ?? [] { try await told.change(step) }
        for step in story["sessions"]?.array ?? [] { try await told.schedule(step) }
        for step in story["bookings"]?.array ?? [] { try await told.book(step) }
        for step in story["requests"]?.array ?? [] { try await told.request(step) }
    }

    // MARK: Steps

    /// Sets fields of an event type that no table has.
    private func change(_ step: JSON) async throws {
        let slug = step["slug"]?.string ?? ""
        let types = await self.visitor.send("GET", "/api/v1/event-types", token: self.token)
        let known = (types.json["items"]?.array ?? []).first { $0["slug"]?.string == slug }
        guard let id = known?["id"]?.string else { throw self.problem("no event type is called \(slug)") }
        let answer = await self.visitor.send("GET", "/api/v1/event-types/\(id)", token: self.token)
        var type = answer.json.object ?? JSONObject()
        type["name"] = type["names"] ?? type["name"]
        for name in ["id", "names", "version", "allowed"] { type[name] = nil }
        for member in step["set"]?.object?.members ?? [] { type[member.name] = member.value }
        _ = try await self.send("PUT", "/api/v1/event-types/\(id)", version: answer.version, .object(type))
    }

    /// Schedules a session, and has customers book its seats and wait for them.
    private func schedule(_ step: JSON) async throws {
        let type = step["eventType"]?.string ?? ""
        let first = self.date(step)
        var session: JSONObject = ["eventType": .string(type)]
        for name in ["kind", "title", "description", "capacity", "price"] { session[name] = step[name] }
        session["hosts"] = .array(try self.strings(step["hosts"]).map { .string(try self.provider($0)) })
        session["resources"] = .array(
            try self.strings(step["resources"]).map { ["resource": .string(try self.resource($0))] })
        session["parts"] = .array(
            (step["parts"]?.array ?? []).map { part in
                let day = first.adding(days: part["day"]?.int ?? 0)
                return ["start": self.instant(day, part["start"]), "end": self.instant(day, part["end"])]
            })
        let made = try await self.send("POST", "/api/v1/sessions", .object(session))
        let taken = step["taken"]?.int ?? 0
        for customer in self.customers.prefix(taken) {
            let booking: JSON = [
                "eventType": .string(type), "session": made["id"] ?? .null, "customer": .string(customer),
                "start": made["parts"]?[0]?["start"] ?? .null,
            ]
            _ = try await self.send("POST", "/api/v1/bookings", booking)
        }
        for customer in self.customers.dropFirst(taken).prefix(step["waiting"]?.int ?? 0) {
            let entry: JSON = ["session": made["id"] ?? .null, "customer": .string(customer)]
            _ = try await self.send("POST", "/api/v1/waitlist", entry)
        }
    }

    /// Fills days of a provider, a booking after the other with a little time between them.
    private func book(_ step: JSON) async throws {
        let provider = try self.provider(step["provider"]?.string ?? "")
        let types = self.strings(step["eventTypes"])
        var slots: [String: [Slot]] = [:]
        for type in types { slots[type] = try await self.slots(type, provider, days: step["days"]?.int ?? 7) }
        var count = step["shift"]?.int ?? 0
        for day in 1...(step["days"]?.int ?? 7) {
            let date = self.today.adding(days: day)
            // Whoever is early to rise on one day begins later on the next.
            var cursor = self.zone.instants(of: date, minute: 480 + 45 * (day % 3)).compatible
            for _ in 0..<(step["perDay"]?.int ?? 3) {
                guard !types.isEmpty, !self.customers.isEmpty else { return }
                let type = types[count % types.count]
                let next = slots[type]?.first { $0.date == date && $0.start >= cursor }
                guard let next else { continue }
                let booking: JSON = [
                    "eventType": .string(type), "provider": .string(provider), "start": .string(next.start.rfc3339),
                    "customer": .string(self.customers[count * 7 % self.customers.count]),
                ]
                let answer = await self.visitor.send("POST", "/api/v1/bookings", token: self.token, body: booking)
                // A car may be out meanwhile, or the customer.
                guard answer.isFine || answer.status == 409 else { throw self.refused(booking, answer) }
                cursor = next.end.adding(seconds: Int64(900 * (1 + count % 4)))
                count += 1
            }
        }
    }

    /// Has somebody without an account ask for a time that has to be approved.
    private func request(_ step: JSON) async throws {
        let type = step["eventType"]?.string ?? ""
        let provider = try self.provider(step["provider"]?.string ?? "")
        let slots = try await self.slots(type, provider, days: 14).filter { $0.date >= self.date(step) }
        guard let slot = slots.first else { return }
        var request = step["guest"]?.object ?? JSONObject()
        request["eventType"] = .string(type)
        request["provider"] = .string(provider)
        request["start"] = .string(slot.start.rfc3339)
        let answer = await self.visitor.send("POST", "/api/v1/guest-bookings", body: .object(request))
        guard answer.isFine || answer.status == 409 else { throw self.refused(.object(request), answer) }
    }
}

/// Who and what takes part in a story.
struct DemoPlayers {
    let visitor: DemoVisitor
    let token: String

    /// The identifiers of what a list names.
    func names(_ path: String) async -> [String: String] {
        let answer = await self.visitor.send("GET", path, query: "limit=200", token: self.token)
        let pairs = (answer.json["items"]?.array ?? []).compactMap { item in
            item["name"]?.string.flatMap { name in item["id"]?.string.map { (name, $0) } }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The customers who cannot sign in: what is booked for others would only confuse them.
    func customers(without accounts: Set<String>) async -> [String] {
        let answer = await self.visitor.send("GET", "/api/v1/customers", query: "limit=200", token: self.token)
        return (answer.json["items"]?.array ?? [])
            .filter { item in !accounts.contains(item["email"]?.string ?? "") }
            .compactMap { $0["id"]?.string }
    }
}
