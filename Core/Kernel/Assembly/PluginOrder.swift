/// Puts plugins in an order in which each comes after those it needs.
enum PluginOrder {
    /// Depth first, ties by id, so that the order does not depend on how plugins are listed.
    ///
    /// `problems` gains one for each cycle and for each need that is not there.
    static func sorted(_ types: [any Plugin.Type], _ problems: inout [Problem]) -> [any Plugin.Type] {
        var walk = Walk(types)
        for type in types.sorted(by: { $0.declaration.id < $1.declaration.id }) { walk.visit(type) }
        problems += walk.problems
        return walk.order
    }

    private struct Walk {
        let byID: [PluginID: any Plugin.Type]
        var order: [any Plugin.Type] = []
        var problems: [Problem] = []
        private var done: Set<PluginID> = []
        private var path: [PluginID] = []

        init(_ types: [any Plugin.Type]) {
            var byID: [PluginID: any Plugin.Type] = [:]
            for type in types {
                if byID.updateValue(type, forKey: type.declaration.id) != nil {
                    let place = "plugin \(type.declaration.id)"
                    self.problems.append(
                        Problem(place: place, message: "two plugins of this program have this id"))
                }
            }
            self.byID = byID
        }

        mutating func visit(_ type: any Plugin.Type) {
            let declaration = type.declaration
            guard !self.done.contains(declaration.id) else { return }
            if let start = self.path.firstIndex(of: declaration.id) {
                let ring = (self.path[start...] + [declaration.id]).map(\.name).joined(separator: " → ")
                self.problems.append(Problem(place: "plugin \(declaration.id)", message: "needs itself: \(ring)"))
                return
            }
            self.path.append(declaration.id)
            for need in declaration.needs {
                if let next = self.byID[need] {
                    self.visit(next)
                } else {
                    self.problems.append(
                        Problem(
                            place: "plugin \(declaration.id)", message: "needs \(need), which is not enabled",
                            advice: "add \(need) under `plugins`, or remove \(declaration.id)"))
                }
            }
            for wish in declaration.optional { if let next = self.byID[wish] { self.visit(next) } }
            self.path.removeLast()
            if self.done.insert(declaration.id).inserted { self.order.append(type) }
        }
    }
}
