internal import AlmanacKernel

extension ConsoleResolver {
    /// The calendar; `nil` when something is wrong with it, which is noted.
    mutating func resolve(
        _ declared: ConsoleCalendar, of owner: PluginID, in resources: [String: ConsoleModel.Resource]
    ) -> ConsoleModel.Calendar? {
        let known = self.problems.count
        let texts = [declared.title, declared.section.title] + declared.background.map(\.title)
        for problem in texts.flatMap(\.problems) { self.note(problem, in: declared.label, of: owner) }
        self.checkName(declared.name, in: declared.label, of: owner)
        if resources[declared.name] != nil {
            self.note("there is a resource of this name", in: declared.label, of: owner)
        }
        guard let resource = resources[declared.resource] else {
            self.note("there is no resource \(declared.resource)", in: declared.label, of: owner)
            return nil
        }
        for name in [declared.from, declared.until] where resource.list.field(name)?.kind != .instant {
            self.note("the input of \(resource.list.name) has no instant \(name)", in: declared.label, of: owner)
        }
        let fields = declared.fields
        self.check([fields.start, fields.end], are: .instant, in: resource.item, declared, owner)
        self.check(
            [fields.zone, fields.status, declared.group].compactMap { $0 }, are: nil, in: resource.item, declared, owner
        )
        for field in fields.texts where !Self.leads(Self.path(field), resource.item) {
            self.note("its items have no field \(field)", in: declared.label, of: owner)
        }
        let lanes = declared.lanes.compactMap { self.lane($0, resource, declared, owner, in: resources) }
        let calendar = ConsoleModel.Calendar(
            owner: owner, name: declared.name, title: declared.title, resource: resource,
            menu: (declared.section, declared.order), range: (declared.from, declared.until),
            start: Self.path(fields.start), end: Self.path(fields.end), zone: fields.zone.map(Self.path),
            status: fields.status.flatMap { Self.column($0, resource) },
            texts: fields.texts.map(Self.path), lanes: lanes,
            decisions: declared.decisions.compactMap { self.action($0, resource, declared, owner) },
            move: self.move(declared, resource, owner), hiddenStates: declared.hiddenStates,
            background: declared.background.compactMap { self.background($0, declared, owner, in: resources) },
            group: declared.group.map(Self.path), live: declared.live.flatMap { self.live($0, declared, owner) })
        return self.problems.count == known ? calendar : nil
    }

    private static func path(_ field: String) -> [String] { field.split(separator: "/").map(String.init) }

    /// The column of the resource for a field, which may have its own tones, or one as the schema says.
    private static func column(_ field: String, _ resource: ConsoleModel.Resource) -> ConsoleModel.Column? {
        let path = Self.path(field)
        if let column = resource.columns.first(where: { $0.path == path }) { return column }
        guard let found = Self.find(path, resource.item) else { return nil }
        return ConsoleModel.Column(path: path, title: nil, format: .automatic, field: found)
    }

    private mutating func check(
        _ fields: [String], are kind: ConsoleField.Kind?, in item: [ConsoleField], _ declared: ConsoleCalendar,
        _ owner: PluginID
    ) {
        for field in fields {
            let found = Self.find(Self.path(field), item)
            guard found == nil || kind != nil && found?.kind != kind else { continue }
            self.note(
                "its items have no \(kind == .instant ? "instant" : "field") \(field)", in: declared.label, of: owner)
        }
    }

    private mutating func lane(
        _ lane: ConsoleLane, _ resource: ConsoleModel.Resource, _ declared: ConsoleCalendar, _ owner: PluginID,
        in resources: [String: ConsoleModel.Resource]
    ) -> ConsoleModel.Lane? {
        guard let other = resources[lane.resource] else {
            self.note("lane: there is no resource \(lane.resource)", in: declared.label, of: owner)
            return nil
        }
        if case .list? = resource.list.field(lane.filter)?.kind {
        } else {
            self.note(
                "lane: the input of \(resource.list.name) has no array \(lane.filter)", in: declared.label, of: owner)
        }
        let path = Self.path(lane.field)
        if !Self.leads(path, resource.item) {
            self.note("lane: its items have no field \(lane.field)", in: declared.label, of: owner)
        }
        return ConsoleModel.Lane(resource: other, filter: lane.filter, path: path, formField: lane.formField)
    }

    /// Whether a path leads to a field, through objects and lists of them.
    private static func leads(_ path: [String], _ fields: [ConsoleField]) -> Bool {
        guard let first = path.first, let field = fields.first(where: { $0.name == first }) else { return false }
        guard path.count > 1 else { return true }
        switch field.kind {
        case .object(let inner), .list(of: .object(let inner)): return self.leads(Array(path.dropFirst()), inner)
        default: return false
        }
    }

    private mutating func action(
        _ name: String, _ resource: ConsoleModel.Resource, _ declared: ConsoleCalendar, _ owner: PluginID
    ) -> ConsoleModel.Action? {
        let action = resource.actions.first { $0.name == name }
        if action == nil {
            self.note("the resource \(resource.name) has no action \(name)", in: declared.label, of: owner)
        }
        return action
    }

    private mutating func move(
        _ declared: ConsoleCalendar, _ resource: ConsoleModel.Resource, _ owner: PluginID
    ) -> (action: ConsoleModel.Action, start: String, end: String?)? {
        guard let move = declared.move, let action = self.action(move.action, resource, declared, owner) else {
            return nil
        }
        for name in [move.start, move.end].compactMap({ $0 }) where action.operation.field(name)?.kind != .instant {
            self.note(
                "the input of \(action.operation.name) has no instant \(name)", in: declared.label, of: owner)
        }
        return (action, move.start, move.end)
    }

    private mutating func background(
        _ background: ConsoleBackground, _ declared: ConsoleCalendar, _ owner: PluginID,
        in resources: [String: ConsoleModel.Resource]
    ) -> ConsoleModel.Background? {
        guard let list = self.list(background.list, "background", in: declared.label, of: owner) else { return nil }
        for name in ["from", "to"] where list.operation.field(name)?.kind != .date {
            self.note("the input of \(list.operation.name) has no date \(name)", in: declared.label, of: owner)
        }
        for name in ["start", "end"] where Self.find([name], list.item)?.kind != .instant {
            self.note("what \(list.operation.name) lists has no instant \(name)", in: declared.label, of: owner)
        }
        let others = [background.text, background.lane?.field].compactMap { $0 }
        for name in others where !Self.leads(Self.path(name), list.item) {
            self.note("what \(list.operation.name) lists has no field \(name)", in: declared.label, of: owner)
        }
        for name in [background.resource, background.lane?.resource].compactMap({ $0 }) where resources[name] == nil {
            self.note("background: there is no resource \(name)", in: declared.label, of: owner)
        }
        return ConsoleModel.Background(
            title: background.title, list: list.operation, text: background.text.map(Self.path),
            lane: background.lane.map { ($0.resource, Self.path($0.field)) },
            resource: background.resource.flatMap { resources[$0] })
    }
}
