internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The second page: when, and with whom; what becomes of choosing a time.
    mutating func times(of name: String) async throws(VisitProblem) -> Reply {
        let offer = try await self.offer(name)
        guard self.isChange else { return try await self.timesPage(of: offer) }
        return try await self.hold(offer)
    }

    /// What can be booked under a name.
    func offer(_ name: String) async throws(VisitProblem) -> JSON { try await self.read(.offer, name) }

    /// The week that was asked for, as a date in it.
    private var statedWeek: LocalDate? {
        (self.isChange ? self.form.first("week") : self.queried("week")).flatMap { LocalDate($0) }
    }

    /// Of which week times are shown.
    private func week(_ choice: Choice) -> Week {
        let today = choice.zone.local(at: self.now).date
        let asked = self.statedWeek ?? today
        // Nobody books what is over, nor in another century.
        let bounded = min(max(asked, today), today.adding(days: 3_660))
        return Week(of: bounded, in: choice.zone)
    }

    /// What is free from one date to another.
    func free(
        _ offer: String, _ choice: Choice, from: LocalDate, to: LocalDate
    ) async throws(VisitProblem) -> [JSON] {
        let seats = min(choice.seats, choice.mostSeats)
        let found = try await self.read(
            .times, "",
            [
                ("eventType", offer), ("provider", choice.provider), ("from", "\(from)"), ("to", "\(to)"),
                ("timeZone", choice.zone.name), ("seats", seats > 1 ? "\(seats)" : nil),
                ("location", choice.location),
            ])
        return found["items"]?.array ?? []
    }

    /// The week list.
    ///
    /// - Parameters:
    ///   - offer: What is booked.
    ///   - status: What it is answered with.
    ///   - problem: What went wrong before.
    ///   - kept: What was typed before, which goes along with the next choice.
    /// - Returns: The page.
    /// - Throws: Why there is none.
    func timesPage(
        of offer: JSON, status: Int = 200, problem: String? = nil, kept: [(name: String, value: String)] = []
    ) async throws(VisitProblem) -> Reply {
        let step = Self.step(of: offer)
        let choice = try await self.choice(of: offer)
        let hasPeople = !(offer["providers"]?.array ?? []).isEmpty
        let dates = try await self.comingDates(of: offer["id"]?.string, most: 100)
        var context = self.choiceContext(choice, [step])
        let lines: [[String: Any]] = dates.map { date in
            let wait = self.address([step, "wait"], [("date", date["id"]?.string)])
            return self.dateContext(date, address: wait)
        }
        let kept: [[String: Any]] = kept.map { ["name": $0.name, "value": $0.value] }
        let policies = self.policiesContext(offer)
        context.merge(
            [
                "heading": offer["name"]?.string ?? "", "span": self.span(offer["durationMinutes"]?.int ?? 0),
                "price": self.price(offer["price"]), "isPending": offer["requiresApproval"]?.bool == true,
                "problem": orHidden(problem.map { ["text": $0] }), "dates": lines, "hasDates": !lines.isEmpty,
                "hasTimes": hasPeople, "kept": kept, "policies": orHidden(policies),
                "canWait": self.flow?[.wait] != nil,
                "wait": self.address([step, "wait"], choice.fields), "address": self.address([step]),
                "home": self.address(),
            ]
        ) { $1 }
        if hasPeople { context.merge(try await self.weekContext(offer, choice, [step])) { $1 } }
        // Dates have seats of their own, however many a usual time has.
        if let most = dates.compactMap({ $0["seatsLeft"]?.int }).max(), most > 1 {
            context["hasSeats"] = true
            context["mostSeats"] = "\(max(most, choice.mostSeats))"
        }
        return .page(
            Reply.Page(
                status: status, title: offer["name"]?.string ?? "", template: "book/times", context: context,
                scripts: ["zone"], step: 2))
    }

    /// The days of a week with their times, and the ways to other weeks.
    func weekContext(
        _ offer: JSON, _ choice: Choice, _ path: [String], _ more: [(name: String, value: String?)] = []
    ) async throws(VisitProblem) -> [String: Any] {
        var week = self.week(choice)
        let today = choice.zone.local(at: self.now).date
        let id = offer["id"]?.string ?? ""
        var free = try await self.free(id, choice, from: max(week.monday, today), to: week.sunday)
        var soonest: LocalDate?
        if free.isEmpty { soonest = try await self.nextFree(offer, choice, after: week.sunday) }
        // Whoever has asked for no week sees the first one in which there is something to choose.
        if let first = soonest, self.statedWeek == nil {
            week = Week(of: first, in: choice.zone)
            free = try await self.free(id, choice, from: week.monday, to: week.sunday)
            soonest = nil
        }
        let from = max(week.monday, today)
        let hasSeats = choice.mostSeats > 1
        var times: [LocalDate: [[String: Any]]] = [:]
        for slot in free {
            guard let start = Self.instant(slot["start"]) else { continue }
            let local = choice.zone.local(at: start)
            let seats = slot["seatsLeft"]?.int
            times[local.date, default: []].append([
                "value": start.rfc3339, "time": Formats.clock(local.secondOfDay / 60),
                "day": self.formats.date(local.date),
                "seats": orHidden(hasSeats ? seats.map { self.seatsLeft($0) } : nil),
            ])
        }
        let days: [[String: Any]] = week.days.filter { from <= $0 }.map { day in
            [
                "title": self.formats.day(day), "date": "\(day)", "times": times[day] ?? [],
                "isEmpty": times[day] == nil, "isToday": day == today,
            ]
        }
        func link(_ date: LocalDate) -> String {
            self.address(path, more + choice.fields + [("week", "\(date)")])
        }
        return [
            "days": days, "isEmpty": free.isEmpty, "week": "\(week.monday)",
            "range": "\(self.formats.date(week.monday)) – \(self.formats.date(week.sunday))",
            "previous": orHidden(week.monday <= today ? nil : link(week.previous)), "next": link(week.next),
            "soonest": orHidden(
                soonest.map {
                    ["address": link($0), "title": self.word("bookSoonest", ["date": self.formats.date($0)])]
                }),
        ]
    }

    /// The first date on which something is free after a week in which nothing is, as far as anybody books ahead.
    ///
    /// It asks four times at most, for two months each; from today on where the week lies behind all that can be booked.
    private func nextFree(
        _ offer: JSON, _ choice: Choice, after date: LocalDate
    ) async throws(VisitProblem) -> LocalDate? {
        let today = choice.zone.local(at: self.now).date
        let last = today.adding(days: min(max(offer["bookingWindowDays"]?.int ?? 366, 0), 3_660) + 1)
        var from = date < last ? date.adding(days: 1) : today
        for _ in 0..<4 {
            guard from <= last else { return nil }
            let to = min(from.adding(days: 61), last)
            let found = try await self.free(offer["id"]?.string ?? "", choice, from: from, to: to)
            if let start = found.lazy.compactMap({ Self.instant($0["start"]) }).min() {
                return choice.zone.local(at: start).date
            }
            from = to.adding(days: 1)
        }
        return nil
    }

    /// What cancelling and moving costs, where anything is said of it.
    func policiesContext(_ offer: JSON) -> [String: Any]? {
        let price = Self.money(offer["price"])
        let cancelling = self.policy(offer["policies"]?["cancellation"], price)
        let moving = self.policy(offer["policies"]?["rescheduling"], price)
        guard !cancelling.isEmpty || !moving.isEmpty else { return nil }
        func lines(_ texts: [String]) -> [[String: Any]] { texts.map { ["text": $0] } }
        return [
            "cancelling": lines(cancelling), "hasCancelling": !cancelling.isEmpty, "moving": lines(moving),
            "hasMoving": !moving.isEmpty,
        ]
    }

    /// The form with which one says whom, where, how many and how often.
    func choiceContext(_ choice: Choice, _ path: [String]) -> [String: Any] {
        func options(_ items: [(id: String, name: String)], _ chosen: String?) -> [[String: Any]] {
            items.map { ["value": $0.id, "title": $0.name, "isChosen": $0.id == chosen] }
        }
        var zones = Set(Self.commonZones)
        zones.formUnion([choice.zone.name, choice.usualZone.name])
        let zoneOptions: [[String: Any]] = zones.sorted().map {
            ["value": $0, "title": $0.replacing("_", with: " "), "isChosen": $0 == choice.zone.name]
        }
        let weeks: [[String: Any]] = (1...max(choice.mostWeeks, 1)).map { count in
            [
                "value": "\(count)", "isChosen": count == choice.weeks,
                "title": count == 1 ? self.word("bookOnce") : self.word("bookWeeks", ["count": "\(count)"]),
            ]
        }
        let chosen: [[String: Any]] = choice.fields.compactMap { field in
            field.value.map { ["name": field.name, "value": $0] }
        }
        return [
            "people": options(choice.people, choice.provider), "hasPeople": !choice.people.isEmpty,
            "isAnybody": choice.provider == nil, "places": options(choice.places, choice.location),
            "hasPlaces": !choice.places.isEmpty, "seats": "\(choice.seats)", "hasSeats": choice.mostSeats > 1,
            "mostSeats": "\(choice.mostSeats)", "zones": zoneOptions, "zone": choice.zone.name,
            "usualZone": choice.usualZone.name, "weeks": weeks, "hasWeeks": choice.mostWeeks > 1, "chosen": chosen,
            "along": self.along(except: ["zone"]), "page": self.pageAddress(path),
        ]
    }

    /// The address of a page without fields, for forms that bring their own.
    private func pageAddress(_ path: [String]) -> String {
        BookingSite.root + path.map { "/\(RequestText.encoded($0))" }.joined()
    }

    /// Zones from which one chooses, besides those that concern the page: one for most clocks that there are.
    private static let commonZones = [
        "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Anchorage",
        "America/Argentina/Buenos_Aires", "America/Bogota", "America/Chicago", "America/Denver", "America/Halifax",
        "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/St_Johns",
        "America/Toronto", "Asia/Bangkok", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem",
        "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul", "Asia/Shanghai",
        "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo", "Atlantic/Azores", "Atlantic/Reykjavik", "Australia/Adelaide",
        "Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens",
        "Europe/Berlin", "Europe/Brussels", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Lisbon",
        "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Paris", "Europe/Rome", "Europe/Vienna",
        "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu", "UTC",
    ]
}
