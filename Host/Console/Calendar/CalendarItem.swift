internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// Something that a calendar shows.
struct CalendarItem {
    let id: String
    let start: Instant
    let end: Instant
    /// The zone in which it was agreed.
    let zone: Zone?
    /// What it is.
    let title: String
    /// What else is to be said, each by itself.
    let details: [String]
    /// To which lanes it belongs: ids by resource.
    var lanes: [String: Set<String>]
    /// What the API said of it.
    let json: JSON
    /// The resource that shows it; `nil` when none does.
    let resource: ConsoleModel.Resource?
    /// Whether it lies behind the others: time that is taken without an item.
    let isBackground: Bool
    /// Those that are shown as this one; empty when it stands for itself.
    var members: [CalendarItem] = []

    /// Whether it belongs to what was chosen: to all when nothing was.
    func belongs(to chosen: [String: [String]]) -> Bool {
        chosen.isEmpty || chosen.contains { name, ids in ids.contains { self.lanes[name]?.contains($0) == true } }
    }
}

/// What a calendar shows of some time.
struct CalendarContent {
    var items: [CalendarItem] = []
    /// Whether there is more than is shown.
    var isCut = false
    /// Among what one chooses: by resource, in the order of the list.
    var lanes: [String: [LaneChoice]] = [:]

    struct LaneChoice {
        let id: String
        let title: String
        let zone: Zone?
    }

    func title(ofLane id: String, _ resource: String) -> String {
        self.lanes[resource]?.first { $0.id == id }?.title ?? id
    }
}

extension Visit {
    /// How many items of a list are read at once, and how many times at most: what is shown is bounded.
    private static let (calendarPage, calendarPages) = (200, 10)

    /// Asks for everything that a calendar shows of a stretch of time.
    func content(
        of calendar: ConsoleModel.Calendar, _ request: CalendarRequest, from start: Instant, to end: Instant
    ) async throws(VisitProblem) -> CalendarContent {
        var content = CalendarContent()
        for lane in calendar.lanes where self.may(lane.resource.list) {
            content.lanes[lane.resource.name] = await self.laneChoices(lane.resource)
        }
        let range: [(name: String, value: String)] = [
            (calendar.range.from, start.rfc3339), (calendar.range.until, end.rfc3339),
        ]
        // What takes several lanes of different kinds is asked for once by each kind, and shown once.
        let chosen = calendar.lanes.filter { request.lanes[$0.resource.name] != nil }
        let questions =
            chosen.isEmpty
            ? [range]
            : chosen.map { lane in range + (request.lanes[lane.resource.name] ?? []).map { (lane.filter, $0) } }
        var known: Set<String> = []
        for question in questions {
            let (found, isCut) = try await self.all(calendar.resource.list, question)
            content.isCut = content.isCut || isCut
            for json in found {
                guard let item = self.item(json, calendar), known.insert(item.id).inserted else { continue }
                let state = calendar.status.flatMap { Self.find($0.path, json)?.string }
                guard request.showsHidden || state.map(calendar.hiddenStates.contains) != true else { continue }
                content.items.append(item)
            }
        }
        content.items = Self.grouped(content.items, by: calendar.group)
        for background in calendar.background where self.may(background.list) {
            content.items += try await self.background(background, request, content, from: start, to: end)
        }
        content.items.sort { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
        return content
    }

    /// The same items, of which those are one that have something in common and are at the same time.
    private static func grouped(_ items: [CalendarItem], by path: [String]?) -> [CalendarItem] {
        guard let path else { return items }
        var grouped: [CalendarItem] = []
        var places: [String: Int] = [:]
        for item in items {
            let group = Self.find(path, item.json)?.string
            let key = group.map { "\($0) \(item.start.microseconds) \(item.end.microseconds)" }
            if let key, let place = places[key] {
                if grouped[place].members.isEmpty { grouped[place].members = [grouped[place]] }
                grouped[place].members.append(item)
                grouped[place].lanes.merge(item.lanes) { $0.union($1) }
            } else {
                if let key { places[key] = grouped.count }
                grouped.append(item)
            }
        }
        return grouped
    }

    /// The items of a list, page by page.
    private func all(
        _ list: ConsoleModel.Operation, _ query: [(name: String, value: String)]
    ) async throws(VisitProblem) -> (items: [JSON], isCut: Bool) {
        var items: [JSON] = []
        var after: String?
        for _ in 0..<Self.calendarPages {
            var asked = query
            if list.field("limit") != nil { asked.append(("limit", "\(Self.calendarPage)")) }
            if let after { asked.append(("after", after)) }
            let answer = await self.client.get(list.path, asked)
            if let problem = VisitProblem(reading: answer) { throw problem }
            items += answer.json["items"]?.array ?? []
            after = answer.json["next"]?.string
            guard after != nil else { return (items, false) }
        }
        return (items, true)
    }

    private func laneChoices(_ resource: ConsoleModel.Resource) async -> [CalendarContent.LaneChoice] {
        let query = resource.list.field("limit") == nil ? [] : [(name: "limit", value: "\(Self.calendarPage)")]
        return (await self.client.get(resource.list.path, query).json["items"]?.array ?? []).map { item in
            let id = Self.identity(of: item, resource)
            return CalendarContent.LaneChoice(
                id: id, title: item[resource.itemName]?.string ?? id,
                zone: item["timeZone"]?.string.flatMap { try? Zone($0) })
        }
    }

    private func item(_ json: JSON, _ calendar: ConsoleModel.Calendar) -> CalendarItem? {
        guard let start = Self.find(calendar.start, json)?.string.flatMap({ Instant(rfc3339: $0) }),
            let end = Self.find(calendar.end, json)?.string.flatMap({ Instant(rfc3339: $0) })
        else { return nil }
        let texts = calendar.texts.map { Self.texts(at: $0, in: json).joined(separator: ", ") }.filter { !$0.isEmpty }
        let id = Self.identity(of: json, calendar.resource)
        return CalendarItem(
            id: id, start: start, end: end,
            zone: calendar.zone.flatMap { Self.find($0, json)?.string }.flatMap { try? Zone($0) },
            title: texts.first ?? id, details: Array(texts.dropFirst()),
            lanes: Dictionary(
                calendar.lanes.map { ($0.resource.name, Set(Self.texts(at: $0.path, in: json))) },
                uniquingKeysWith: { $0.union($1) }), json: json, resource: calendar.resource, isBackground: false)
    }

    private func background(
        _ background: ConsoleModel.Background, _ request: CalendarRequest, _ content: CalendarContent,
        from start: Instant, to end: Instant
    ) async throws(VisitProblem) -> [CalendarItem] {
        // The dates are the organization's, which may be a day away from those that are shown.
        let dates: [(name: String, value: String)] = [
            ("from", "\(Zone.utc.localDate(at: start).adding(days: -1))"),
            ("to", "\(Zone.utc.localDate(at: end).adding(days: 1))"),
        ]
        return try await self.all(background.list, dates).items.compactMap { json -> CalendarItem? in
            guard let from = json["start"]?.string.flatMap({ Instant(rfc3339: $0) }),
                let to = json["end"]?.string.flatMap({ Instant(rfc3339: $0) }), from < end, to > start
            else { return nil }
            let text = background.text.flatMap { Self.find($0, json)?.string }
            let lane = background.lane.map { ($0.resource, Set(Self.texts(at: $0.path, in: json))) }
            let names = lane.map { lane in lane.1.sorted().map { content.title(ofLane: $0, lane.0) } } ?? []
            let item = CalendarItem(
                id: json["id"]?.string ?? "", start: from, end: to, zone: nil, title: self.text(background.title),
                details: [text].compactMap { $0 } + names,
                lanes: lane.map { [$0.0: $0.1] } ?? [:], json: json, resource: background.resource,
                isBackground: true)
            return item.belongs(to: request.lanes) ? item : nil
        }
    }

    /// The texts at the end of a path, through lists.
    static func texts(at path: [String], in json: JSON) -> [String] {
        if let items = json.array { return items.flatMap { self.texts(at: path, in: $0) } }
        guard let first = path.first else { return json.string.map { [$0] } ?? [] }
        guard let inner = json[first] else { return [] }
        return self.texts(at: Array(path.dropFirst()), in: inner)
    }
}
