internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The page of a calendar.
    func calendar(_ calendar: ConsoleModel.Calendar) async throws(VisitProblem) -> ConsoleReply {
        let view = try await self.view(of: calendar)
        var context = view.context
        context["content"] = self.site.library.render("console/calendar-part", self.complete(context))
        return .page(
            ConsoleReply.Page(
                title: "\(self.text(calendar.title)) · \(view.title)", template: "console/calendar", context: context,
                scripts: ["dialog", "rows", "calendar"], resource: calendar.name, styles: ["calendar"]))
    }

    /// What of the page changes when items do.
    func calendarPart(_ calendar: ConsoleModel.Calendar) async throws(VisitProblem) -> ConsoleReply {
        let view = try await self.view(of: calendar)
        return .fragment(self.site.library.render("console/calendar-part", self.complete(view.context)))
    }

    private func complete(_ context: [String: Any]) -> [String: Any] {
        context.merging(self.standing) { own, _ in own }
    }

    private func view(of calendar: ConsoleModel.Calendar) async throws(VisitProblem) -> CalendarView {
        // Before anything is read, so that nothing that happens meanwhile is missed by who listens from then on.
        let now = self.api.now
        let request = CalendarRequest(self.query, calendar, now: now, zone: self.formats.zone)
        let zone = request.zone ?? self.formats.zone
        let dates = request.dates
        let start = zone.startOfDay(dates.first ?? request.date)
        let end = zone.startOfDay((dates.last ?? request.date).adding(days: 1))
        let content = try await self.content(of: calendar, request, from: start, to: end)
        return CalendarView(
            visit: self, calendar: calendar, request: request, content: content, zone: zone, now: now)
    }
}

/// Makes what the templates of a calendar show.
struct CalendarView {
    let visit: Visit
    let calendar: ConsoleModel.Calendar
    let request: CalendarRequest
    let content: CalendarContent
    let zone: Zone
    let now: Instant

    /// A column of the grid: a day, or the day of one lane.
    struct Column {
        let date: LocalDate
        var lane: (resource: String, id: String, title: String)?
    }

    /// How many items a day of a month shows before it says how many more there are.
    static let mostInMonth = 4

    /// What is shown, in words.
    var title: String {
        switch self.request.span {
        case .day: self.visit.formats.date(self.request.date)
        case .week:
            "\(self.visit.formats.date(self.request.dates[0])) – \(self.visit.formats.date(self.request.dates[6]))"
        case .month: self.visit.formats.month(self.request.date)
        }
    }

    var context: [String: Any] {
        let live = self.calendar.live.flatMap { self.visit.may($0) ? "/console/\(self.calendar.name)/-/live" : nil }
        var context: [String: Any] = [
            "heading": self.visit.text(self.calendar.title), "title": self.title, "name": self.calendar.name,
            "address": self.address { _ in }, "path": "/console/\(self.calendar.name)",
            "previous": self.address { $0.date = $0.date(steps: -1) },
            "next": self.address { $0.date = $0.date(steps: 1) },
            "today": self.address { $0.date = self.zone.localDate(at: self.now) },
            "views": self.views, "lanes": self.laneGroups, "zones": self.zones, "view": self.request.span.rawValue,
            "date": "\(self.request.date)", "isWhole": self.request.isWhole, "showsHidden": self.request.showsHidden,
            "hasHidden": !self.calendar.hiddenStates.isEmpty, "isCut": self.content.isCut,
            "live": orHidden(live),
            "create": orHidden(self.newAddress(at: nil, lane: nil)), "grid": false, "month": false,
            "createTitle": self.calendar.resource.createTitle.map { self.visit.text($0) } ?? self.visit.word("new"),
            "zone": self.zone.name, "now": self.now.rfc3339, "startField": self.calendar.move?.start ?? "start",
            "laneField": self.calendar.lanes.compactMap(\.formField).first ?? "", "script": self.scriptWords,
            "keys": self.keys,
        ]
        if self.request.span == .month { context["month"] = self.month } else { context["grid"] = self.grid }
        return context
    }

    // MARK: Scripts

    /// The words that scripts say, as JSON.
    private var scriptWords: String {
        let words = [
            "notMovable", "notResizable", "moving", "movingKeys", "notMoved", "noSuchTime", "free", "slotKeys",
            "updated",
        ]
        let members = words.map { name in
            (name, JSON.string(self.visit.word("cal\(name.prefix(1).uppercased())\(name.dropFirst())")))
        }
        return JSON.object(JSONObject(members)).text
    }

    /// The keys that scripts know, with what they do.
    private var keys: [[String: Any]] {
        let keys: [(key: String, word: String)] = [
            ("↑ ↓ ← →", "calKeyArrows"), ("Home, End", "calKeyEnds"), ("Enter", "calKeyEnter"), ("M", "calKeyMove"),
            ("S", "calKeySlots"), ("Page Up, Page Down", "calKeyPages"), ("T", "calToday"), ("?", "calKeyHelp"),
        ]
        return keys.map { ["key": $0.key, "text": self.visit.word($0.word)] }
    }

    // MARK: What leads elsewhere

    private func address(_ change: (inout CalendarRequest) -> Void) -> String {
        self.request.with(change).address(self.calendar)
    }

    private var views: [[String: Any]] {
        CalendarRequest.Span.allCases.map { span in
            let key = ["day": "calDay", "week": "calWeek", "month": "calMonth"][span.rawValue] ?? ""
            return [
                "title": self.visit.word(key), "address": self.address { $0.span = span },
                "isCurrent": span == self.request.span, "key": span.rawValue,
            ]
        }
    }

    private var laneGroups: [[String: Any]] {
        self.calendar.lanes.compactMap { lane in
            let choices = self.content.lanes[lane.resource.name] ?? []
            guard choices.count > 1 else { return nil }
            let chosen = self.request.lanes[lane.resource.name] ?? []
            let options: [[String: Any]] = choices.map {
                ["value": $0.id, "title": $0.title, "isChosen": chosen.contains($0.id)]
            }
            let count = chosen.isEmpty ? self.visit.word("any") : "\(chosen.count)"
            return [
                "title": self.visit.text(lane.resource.title), "name": lane.resource.name, "options": options,
                "count": count, "isOpen": false,
            ]
        }
    }

    /// The reader's own zone, and those in which something is that is shown.
    private var zones: [[String: Any]] {
        var zones: [Zone] = [self.visit.formats.zone, self.visit.site.settings.zone, self.zone]
        for choice in self.content.lanes.values.joined() { zones += [choice.zone].compactMap { $0 } }
        for item in self.content.items { zones += [item.zone].compactMap { $0 } }
        var known: Set<String> = []
        let names = zones.map(\.name).filter { known.insert($0).inserted }
        return ([names[0]] + names.dropFirst().sorted()).map { name in
            [
                "value": name, "isChosen": name == self.zone.name,
                "title": name == names[0] ? "\(name) (\(self.visit.word("calYours")))" : name,
            ]
        }
    }

    /// The form that makes an item, from a start and for a lane on.
    func newAddress(at start: Instant?, lane: (resource: String, id: String)?) -> String? {
        let resource = self.calendar.resource
        guard self.visit.may(resource.create), let create = resource.create else { return nil }
        var query: [(String, String)] = []
        let field = self.calendar.move?.start ?? "start"
        if let start, create.field(field) != nil { query.append((field, start.rfc3339)) }
        if let lane, let name = self.calendar.lanes.first(where: { $0.resource.name == lane.resource })?.formField,
            create.field(name) != nil
        {
            query.append((name, lane.id))
        }
        query.append(("back", self.address { _ in }))
        let text = query.map { "\(RequestText.encoded($0.0))=\(RequestText.encoded($0.1))" }.joined(separator: "&")
        return "/console/\(resource.name)/-/new?\(text)"
    }

    // MARK: Items

    /// Everything that a template shows of an item, on a day.
    func context(of item: CalendarItem, on date: LocalDate, in column: Int) -> [String: Any] {
        var context = self.plainContext(of: item, on: date, in: column)
        guard !item.members.isEmpty else { return context }
        let members = item.members.map { self.plainContext(of: $0, on: date, in: column) }
        let isOpen = members.contains { $0["hasDecisions"] as? Bool == true }
        // What they are together can be looked at; what is done is done with each of them.
        for name in ["address", "move", "status"] { context[name] = false }
        context["decisions"] = false
        context["hasDecisions"] = false
        context["domID"] = "g-\(item.id)-\(column)"
        context["details"] = [["text": "\(members.count) \(self.visit.text(self.calendar.resource.title))"]]
        context["tone"] = isOpen ? "warning" : "info"
        context["hasMembers"] = true
        context["members"] = members
        context["membersTitle"] = self.visit.text(self.calendar.resource.title)
        context["isOpen"] = isOpen
        return context
    }

    private func plainContext(of item: CalendarItem, on date: LocalDate, in column: Int) -> [String: Any] {
        let resource = self.calendar.resource
        let page = item.resource.flatMap { self.visit.may($0.read) && !item.id.isEmpty ? $0 : nil }
            .map { "/console/\($0.name)/\(RequestText.encoded(item.id))" }
        let status =
            item.isBackground ? nil : self.calendar.status.map { self.visit.value(of: $0, in: item.json, resource) }
        var tone = (status?.context["tone"] as? String) ?? ""
        if tone.isEmpty { tone = "neutral" }
        let actions = item.isBackground ? [] : self.visit.actions(resource, on: item.json)
        let back = self.address { _ in }
        let movement = self.movement(of: item, actions)
        let decisions: [[String: Any]] = self.calendar.decisions
            .filter { decision in actions.contains { $0.name == decision.name } }
            .map { action in
                [
                    "title": self.visit.text(action.declared.title),
                    "address": "/console/\(resource.name)/\(RequestText.encoded(item.id))/do/\(action.name)",
                    "isDestructive": action.declared.isDestructive, "back": back, "what": item.title,
                    "version": item.json["version"]?.int.map { "\"\($0)\"" } ?? "",
                    "once": Base64URL.encode(self.visit.site.random.bytes(16)),
                ]
            }
        let time = self.time(of: item, on: date)
        let lane = self.calendar.lanes.first.flatMap { lane in item.lanes[lane.resource.name]?.sorted().first }
        return [
            "id": item.id, "domID": "i-\(item.id)-\(column)", "title": item.title,
            "details": item.details.map { ["text": $0] },
            "address": orHidden(page),
            "time": time.from, "until": orHidden(time.until), "start": item.start.rfc3339, "end": item.end.rfc3339,
            "there": orHidden(self.there(item)), "status": orHidden(status.map { $0.titled("") }), "tone": tone,
            "decisions": decisions, "hasDecisions": !decisions.isEmpty, "isBackground": item.isBackground,
            "move": orHidden(movement?.address), "startField": movement?.start ?? "",
            "endField": movement?.end ?? "",
            "lane": lane ?? "", "place": "", "hasMembers": false, "members": false, "membersTitle": "",
            "isOpen": false, "who": item.details.first ?? item.title,
        ]
    }

    /// The form that moves an item, with the fields of its start and its end; without one for the end it keeps its
    /// length.
    private func movement(
        of item: CalendarItem, _ actions: [ConsoleModel.Action]
    ) -> (address: String, start: String, end: String?)? {
        guard let resource = item.resource else { return nil }
        let path = "/console/\(resource.name)/\(RequestText.encoded(item.id))"
        if item.isBackground {
            // Time that is taken by itself is changed by its form.
            guard let edit = resource.edit, self.visit.may(edit), edit.field("start")?.kind == .instant,
                edit.field("end")?.kind == .instant
            else { return nil }
            return ("\(path)/edit", "start", "end")
        }
        guard let move = self.calendar.move, actions.contains(where: { $0.name == move.action.name }) else {
            return nil
        }
        return ("\(path)/do/\(move.action.name)", move.start, move.end)
    }

    /// From when to when, as far as it is on a day.
    private func time(of item: CalendarItem, on date: LocalDate) -> (from: String, until: String?) {
        let (start, end) = (self.zone.startOfDay(date), self.zone.startOfDay(date.adding(days: 1)))
        if item.start <= start, item.end >= end { return (self.visit.word("calAllDay"), nil) }
        let from = item.start < start ? "…" : self.clock(item.start)
        let to = item.end > end ? "…" : item.end == end ? "24:00" : self.clock(item.end)
        return (from, "–\(to)")
    }

    private func clock(_ instant: Instant, in zone: Zone? = nil) -> String {
        Formats.clock((zone ?? self.zone).local(at: instant).secondOfDay / 60)
    }

    /// When it is where it is, if the clock shows something else there.
    private func there(_ item: CalendarItem) -> String? {
        guard let zone = item.zone, zone.offset(at: item.start) != self.zone.offset(at: item.start) else { return nil }
        return "\(self.clock(item.start, in: zone))–\(self.clock(item.end, in: zone)) \(zone.name)"
    }
}
