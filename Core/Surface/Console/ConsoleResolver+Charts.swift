internal import AlmanacKernel

extension ConsoleResolver {
    /// The chart; `nil` when something is wrong with it, which is noted.
    mutating func resolve(
        _ declared: ConsoleChart, among resources: [String: ConsoleModel.Resource], of owner: PluginID
    ) -> ConsoleModel.Chart? {
        let known = self.problems.count
        if !Self.isName(declared.name) {
            self.note("a name has lower-case letters, digits and hyphens", in: declared.label, of: owner)
        }
        for problem in declared.title.problems { self.note(problem, in: declared.label, of: owner) }
        if let resource = declared.resource, resources[resource] == nil {
            self.note("there is no resource \(resource)", in: declared.label, of: owner)
        }
        if declared.resource == nil, declared.homeOrder == nil {
            self.note("it is drawn nowhere: say beside(_:) or atHome()", in: declared.label, of: owner)
        }
        let operation = self.operation(declared.operation, "chart", declared, owner, methods: ["GET"], parameters: 0)
        guard let operation else { return nil }
        guard case .list(of: .object(let item))? = operation.answer.first(where: { $0.name == "items" })?.kind else {
            self.note("\(operation.name) answers no {\"items\": […]} of objects", in: declared.label, of: owner)
            return nil
        }
        for name in declared.arguments.keys.sorted() where operation.field(name) == nil {
            self.note("the input of \(operation.name) has no field \(name)", in: declared.label, of: owner)
        }
        let group = declared.group.flatMap { self.column(.field($0), item, "group", declared, owner) }
        let value = declared.value.flatMap { self.column(.field($0), item, "value", declared, owner) }
        if let group, !group.field.isLeaf {
            self.note("\(group.path.joined(separator: "/")) is no single value", in: declared.label, of: owner)
        }
        if let value, !value.field.isQuantity {
            self.note(
                "\(value.path.joined(separator: "/")) is neither a number nor money", in: declared.label, of: owner)
        }
        guard self.problems.count == known else { return nil }
        return ConsoleModel.Chart(
            owner: owner, name: declared.name, title: declared.title, kind: declared.kind, operation: operation,
            group: group, value: value, arguments: declared.arguments, resource: declared.resource,
            homeOrder: declared.homeOrder)
    }
}

extension ConsoleField {
    /// Whether its values can be added up.
    fileprivate var isQuantity: Bool {
        switch self.kind {
        case .integer, .number, .money: true
        default: false
        }
    }
}
