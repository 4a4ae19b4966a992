internal import AlmanacKernel

/// Resolves resources against the endpoints and collects what does not fit.
struct ConsoleResolver {
    private(set) var problems: [Problem] = []
    private let routes: [String: RouteTable.Route]
    private var registry = SchemaRegistry()
    private var known: [String: ConsoleModel.Operation] = [:]

    init(_ routes: [RouteTable.Route]) {
        self.routes = Dictionary(routes.map { ($0.endpoint.operation, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func note(_ message: String, in label: String, of owner: PluginID) {
        self.problems.append(Problem(place: "plugin \(owner), \(label)", message: message))
    }

    // MARK: Resources

    /// The resource; `nil` when something is wrong with it, which is noted.
    mutating func resolve(_ declared: ConsoleResource, of owner: PluginID) -> ConsoleModel.Resource? {
        let known = self.problems.count
        self.checkWords(declared, owner)
        guard let list = self.operation(declared.list, "list", declared, owner, methods: ["GET"], parameters: 0) else {
            return nil
        }
        guard case .list(of: .object(let item))? = list.answer.first(where: { $0.name == "items" })?.kind else {
            self.note("\(list.name) answers no {\"items\": […]} of objects", in: declared.label, of: owner)
            return nil
        }
        let read = declared.read.flatMap {
            self.operation($0, "read", declared, owner, methods: ["GET"], parameters: 1)
        }
        let create = declared.create.flatMap {
            self.operation($0, "create", declared, owner, methods: ["POST"], parameters: 0)
        }
        let edit = declared.edit.flatMap {
            self.operation($0, "edit", declared, owner, methods: ["PUT", "PATCH"], parameters: 1)
        }
        let actions = declared.actions.compactMap { self.action($0, declared, owner) }
        self.checkNames(declared, item, create, edit, owner)
        let shown = read?.answer ?? item
        let resource = ConsoleModel.Resource(
            owner: owner, name: declared.name, title: declared.title, one: declared.one,
            menu: declared.isInMenu ? (declared.section, declared.order) : nil, list: list, item: item,
            columns: self.columns(declared, item, owner), filters: self.filters(declared, list, owner),
            search: self.search(declared, list, owner), isPaged: list.answer.contains { $0.name == "next" },
            identity: declared.identity, itemName: Self.itemName(declared, item), read: read,
            panels: declared.panels.map { self.panel($0, shown, declared, owner) }, create: create,
            createTitle: declared.createTitle, revealed: declared.revealed, edit: edit, actions: actions,
            references: declared.references, prefills: declared.prefills, hidden: declared.hidden,
            auditType: declared.auditType, slots: self.slots(declared, create, actions, owner),
            notes: self.notes(declared, list, owner))
        return self.problems.count == known ? resource : nil
    }

    private static func itemName(_ declared: ConsoleResource, _ item: [ConsoleField]) -> String {
        declared.itemName
            ?? ["name", "title", "number"].first { name in item.contains { $0.name == name } } ?? declared.identity
    }

    // MARK: Operations

    mutating func operation(
        _ reference: ConsoleOperation, _ purpose: String, _ declared: some Contribution, _ owner: PluginID,
        methods: [String], parameters: Int
    ) -> ConsoleModel.Operation? {
        self.operation(
            reference, purpose, in: declared.label, of: owner, methods: methods, parameters: parameters)
    }

    private mutating func operation(
        _ reference: ConsoleOperation, _ purpose: String, in label: String, of owner: PluginID, methods: [String],
        parameters: Int
    ) -> ConsoleModel.Operation? {
        guard let route = self.routes[reference.name] else {
            self.note("\(purpose): there is no operation \(reference.name)", in: label, of: owner)
            return nil
        }
        let endpoint = route.endpoint
        guard methods.contains(endpoint.method.rawValue) else {
            self.note(
                "\(purpose): \(reference.name) is \(endpoint.method.rawValue), "
                    + "not \(methods.joined(separator: " or "))",
                in: label, of: owner)
            return nil
        }
        guard endpoint.pathParameters.count == parameters else {
            self.note(
                "\(purpose): \(route.path) of \(reference.name) has \(endpoint.pathParameters.count) parameters, "
                    + "it takes \(parameters)", in: label, of: owner)
            return nil
        }
        if let known = self.known[reference.name] { return known }
        do throws(SchemaError) {
            let operation = try ConsoleModel.Operation(route, &self.registry)
            self.known[reference.name] = operation
            return operation
        } catch {
            self.note("\(purpose): \(error)", in: label, of: owner)
            return nil
        }
    }

    /// A list that takes nothing from the path, with the fields of what it lists.
    mutating func list(
        _ reference: ConsoleOperation, _ purpose: String, in label: String, of owner: PluginID
    ) -> (operation: ConsoleModel.Operation, item: [ConsoleField])? {
        guard let list = self.operation(reference, purpose, in: label, of: owner, methods: ["GET"], parameters: 0)
        else { return nil }
        guard case .list(of: .object(let item))? = list.answer.first(where: { $0.name == "items" })?.kind else {
            self.note("\(purpose): \(list.name) answers no {\"items\": […]} of objects", in: label, of: owner)
            return nil
        }
        return (list, item)
    }

    /// A live endpoint that takes nothing from the path.
    mutating func live(
        _ reference: ConsoleOperation, _ declared: ConsoleCalendar, _ owner: PluginID
    ) -> ConsoleModel.Operation? {
        if let route = self.routes[reference.name], route.endpoint.form != .events {
            self.note("\(reference.name) is no live endpoint", in: declared.label, of: owner)
            return nil
        }
        return self.operation(reference, "live", in: declared.label, of: owner, methods: ["GET"], parameters: 0)
    }

    private mutating func action(
        _ action: ConsoleAction, _ declared: ConsoleResource, _ owner: PluginID
    ) -> ConsoleModel.Action? {
        let operation = self.operation(
            action.operation, "action", declared, owner, methods: ["POST", "PUT", "PATCH", "DELETE"], parameters: 1)
        guard let operation else { return nil }
        if action.isBulk, operation.fields.contains(where: { $0.isRequired }) {
            self.note(
                "action: \(action.operation.name) has required input and cannot be done with several items at once",
                in: declared.label, of: owner)
        }
        return ConsoleModel.Action(
            name: action.name, allowed: action.allowed ?? action.name, declared: action, operation: operation,
            foresight: action.foresight.flatMap { self.foresight($0, declared, owner) })
    }

    private mutating func foresight(
        _ foresight: ConsoleForesight, _ declared: ConsoleResource, _ owner: PluginID
    ) -> ConsoleModel.Foresight? {
        let operation = self.operation(
            foresight.operation, "foresight", declared, owner, methods: ["GET"], parameters: 1)
        guard let operation else { return nil }
        for problem in foresight.otherwise.problems { self.note(problem, in: declared.label, of: owner) }
        guard case .object(let part)? = operation.answer.first(where: { $0.name == foresight.part })?.kind else {
            self.note("foresight: \(operation.name) answers no object \(foresight.part)", in: declared.label, of: owner)
            return nil
        }
        let fields = foresight.fields.compactMap { name -> ConsoleField? in
            if let field = part.first(where: { $0.name == name }) { return field }
            self.note("foresight: \(foresight.part) has no field \(name)", in: declared.label, of: owner)
            return nil
        }
        return ConsoleModel.Foresight(
            operation: operation, part: foresight.part, fields: fields, otherwise: foresight.otherwise)
    }

    private mutating func slots(
        _ declared: ConsoleResource, _ create: ConsoleModel.Operation?, _ actions: [ConsoleModel.Action],
        _ owner: PluginID
    ) -> ConsoleModel.Slots? {
        guard let slots = declared.slots else { return nil }
        let forms = [create].compactMap { $0 } + actions.map(\.operation)
        if !forms.contains(where: { $0.field(slots.field)?.kind == .instant }) {
            self.note("slots: no form has an instant \(slots.field)", in: declared.label, of: owner)
        }
        guard let list = self.list(slots.list, "slots", in: declared.label, of: owner) else { return nil }
        if Self.find(["start"], list.item)?.kind != .instant {
            self.note("slots: what \(slots.list.name) lists has no instant start", in: declared.label, of: owner)
        }
        for name in ["from", "to"] where list.operation.field(name)?.kind != .date {
            self.note("slots: the input of \(slots.list.name) has no date \(name)", in: declared.label, of: owner)
        }
        let explanation = slots.explanation.flatMap {
            self.operation($0, "explanation", declared, owner, methods: ["GET"], parameters: 0)
        }
        if let explanation, explanation.field(slots.at)?.kind != .instant {
            self.note("the input of \(explanation.name) has no instant \(slots.at)", in: declared.label, of: owner)
        }
        let inputs = list.operation.fields + (explanation?.fields ?? [])
        for name in slots.given.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            self.note("slots: the input of \(slots.list.name) has no field \(name)", in: declared.label, of: owner)
        }
        return ConsoleModel.Slots(
            field: slots.field, list: list.operation, explanation: explanation.map { ($0, slots.at) },
            given: slots.given.sorted { $0.key < $1.key }
                .map { ($0.key, $0.value.split(separator: "/").map(String.init)) })
    }

    // MARK: Columns and filters

    private mutating func columns(
        _ declared: ConsoleResource, _ item: [ConsoleField], _ owner: PluginID
    ) -> [ConsoleModel.Column] {
        guard declared.columns.isEmpty else {
            return declared.columns.compactMap { self.column($0, item, "column", declared, owner) }
        }
        return item.filter { $0.isLeaf && $0.kind != .uuid && $0.name != "version" }.prefix(6).map {
            ConsoleModel.Column(path: [$0.name], title: nil, format: .automatic, field: $0)
        }
    }

    mutating func column(
        _ column: ConsoleColumn, _ item: [ConsoleField], _ purpose: String, _ declared: some Contribution,
        _ owner: PluginID
    ) -> ConsoleModel.Column? {
        let path = column.field.split(separator: "/").map(String.init)
        guard let field = Self.find(path, item) else {
            self.note("\(purpose): what it shows has no field \(column.field)", in: declared.label, of: owner)
            return nil
        }
        let others: [String] =
            switch column.format {
            case .instant(let zone): [zone].compactMap { $0 }
            case .reference(_, let name), .mention(let name): [name]
            case .automatic, .text, .minutes, .badge: []
            }
        for other in others where Self.find(other.split(separator: "/").map(String.init), item) == nil {
            self.note("\(purpose) \(column.field): there is no field \(other)", in: declared.label, of: owner)
        }
        return ConsoleModel.Column(path: path, title: column.title, format: column.format, field: field)
    }

    /// The field at the end of a path through objects.
    static func find(_ path: [String], _ fields: [ConsoleField]) -> ConsoleField? {
        guard let first = path.first, let field = fields.first(where: { $0.name == first }) else { return nil }
        guard path.count > 1 else { return field }
        guard case .object(let inner) = field.kind else { return nil }
        return self.find(Array(path.dropFirst()), inner)
    }

    private mutating func panel(
        _ panel: ConsolePanel, _ item: [ConsoleField], _ declared: ConsoleResource, _ owner: PluginID
    ) -> ConsoleModel.Panel {
        guard let reference = panel.list else {
            let columns = panel.fields.compactMap { self.column($0, item, "panel", declared, owner) }
            return ConsoleModel.Panel(title: panel.title, columns: columns, list: nil)
        }
        guard let list = self.operation(reference, "panel", declared, owner, methods: ["GET"], parameters: 1) else {
            return ConsoleModel.Panel(title: panel.title, columns: [], list: nil)
        }
        guard case .list(of: .object(let fields))? = list.answer.first(where: { $0.name == "items" })?.kind else {
            self.note("panel: \(list.name) answers no {\"items\": […]} of objects", in: declared.label, of: owner)
            return ConsoleModel.Panel(title: panel.title, columns: [], list: nil)
        }
        let columns = panel.fields.compactMap { self.column($0, fields, "panel", declared, owner) }
        return ConsoleModel.Panel(title: panel.title, columns: columns, list: list)
    }

    private mutating func filters(
        _ declared: ConsoleResource, _ list: ConsoleModel.Operation, _ owner: PluginID
    ) -> [ConsoleField] {
        guard let names = declared.filters else {
            let paging = ["limit", "after", declared.search ?? "q"]
            return list.fields.filter { field in
                guard field.isLeaf, !paging.contains(field.name) else { return false }
                return field.kind != .uuid || declared.references[field.name] != nil
            }
        }
        return names.compactMap { name in
            guard let field = list.field(name) else {
                self.note("filter: the input of \(list.name) has no field \(name)", in: declared.label, of: owner)
                return nil
            }
            return field
        }
    }

    private mutating func search(
        _ declared: ConsoleResource, _ list: ConsoleModel.Operation, _ owner: PluginID
    ) -> String? {
        let field = list.field(declared.search ?? "q")
        if field == nil, let search = declared.search {
            self.note("search: the input of \(list.name) has no field \(search)", in: declared.label, of: owner)
        }
        return field?.name
    }
}

extension ConsoleModel.Operation {
    /// Describes an endpoint.
    init(_ route: RouteTable.Route, _ registry: inout SchemaRegistry) throws(SchemaError) {
        let endpoint = route.endpoint
        let (input, output) = try endpoint.describe(&registry)
        self.init(
            name: endpoint.operation, method: endpoint.method.rawValue, path: route.path,
            parameters: endpoint.pathParameters, access: endpoint.access,
            needsVersion: endpoint.precondition == .required,
            fields: registry.consoleFields(of: input).filter { !endpoint.pathParameters.contains($0.name) },
            answer: output.map { registry.consoleFields(of: $0) } ?? [])
    }
}
