internal import AlmanacKernel

/// The operations of the booking pages, looked up among the endpoints and frozen.
package struct BookingModel: Sendable {
    /// The scheme with which tokens of guests are sent.
    package let scheme: String
    private let operations: [BookingStep: ConsoleModel.Operation]

    /// The operation of a step; `nil` when the deployment has none.
    package subscript(step: BookingStep) -> ConsoleModel.Operation? { self.operations[step] }

    /// Looks everything up.
    ///
    /// - Parameters:
    ///   - graph: Everything that was contributed.
    ///   - routes: Every endpoint.
    /// - Returns: `nil` when nobody contributes a flow.
    /// - Throws: Everything that does not fit.
    static func resolve(_ graph: Graph, _ routes: [RouteTable.Route]) throws(Problems) -> BookingModel? {
        let flows = graph.contributions(of: BookingFlow.self)
        guard let (owner, flow) = flows.first else { return nil }
        var problems: [Problem] = []
        func note(_ message: String) {
            problems.append(Problem(place: "plugin \(owner), \(flow.label)", message: message))
        }
        if flows.count > 1 { note("another plugin contributes one as well, and there can be one only") }
        if !graph.contributions(of: GuestPasses.self).contains(where: { $0.item.scheme == flow.scheme }) {
            note("nobody hands out tokens of the scheme \(flow.scheme)")
        }
        let known = Dictionary(routes.map { ($0.endpoint.operation, $0) }, uniquingKeysWith: { first, _ in first })
        var registry = SchemaRegistry()
        var operations: [BookingStep: ConsoleModel.Operation] = [:]
        for step in BookingStep.allCases {
            guard let name = flow.operations[step]?.name else {
                if !step.demand.isOptional { note("\(step.rawValue): names no operation") }
                continue
            }
            guard let route = known[name] else {
                note("\(step.rawValue): there is no operation \(name)")
                continue
            }
            do throws(SchemaError) {
                let operation = try ConsoleModel.Operation(route, &registry)
                for fault in step.demand.faults(of: operation) { note("\(step.rawValue): \(name) \(fault)") }
                operations[step] = operation
            } catch {
                note("\(step.rawValue): \(error)")
            }
        }
        guard problems.isEmpty else { throw Problems(problems) }
        return BookingModel(scheme: flow.scheme, operations: operations)
    }
}

extension BookingStep.Demand {
    /// What an operation lacks.
    func faults(of operation: ConsoleModel.Operation) -> [String] {
        var faults: [String] = []
        if operation.method != self.method { faults.append("is \(operation.method), not \(self.method)") }
        if operation.parameters.count != self.parameters {
            faults.append("has \(operation.parameters.count) parameters in its path, it takes \(self.parameters)")
        }
        for name in self.sent where operation.field(name) == nil { faults.append("takes no field \(name)") }
        for field in operation.fields where field.isRequired && !self.sent.contains(field.name) {
            faults.append("requires \(field.name), which pages do not send")
        }
        var answer = operation.answer
        if self.isList {
            guard case .list(of: .object(let item))? = answer.first(where: { $0.name == "items" })?.kind else {
                return faults + ["answers no {\"items\": […]} of objects"]
            }
            answer = item
        }
        for path in self.shown where !Self.has(path.split(separator: "/").map(String.init)[...], answer) {
            faults.append("answers no field \(path)")
        }
        return faults
    }

    private static func has(_ path: ArraySlice<String>, _ fields: [ConsoleField]) -> Bool {
        guard let first = path.first, let field = fields.first(where: { $0.name == first }) else { return false }
        guard path.count > 1 else { return true }
        switch field.kind {
        case .object(let inner): return self.has(path.dropFirst(), inner)
        // What lies deeper than forms look is not described any more.
        case .json: return true
        default: return false
        }
    }
}
