extension SettingsReader {
    /// A list of scalars.
    ///
    /// - Parameters:
    ///   - key: The name of the list.
    ///   - about: What it is for, without a full stop.
    ///   - fallback: What holds where it is left out.
    ///   - count: How many elements there may be.
    /// - Returns: The elements in their order, without those that could not be read.
    public mutating func list<Element: SettingValue>(
        _ key: String, _ about: String, default fallback: [Element] = [], count: ClosedRange<Int> = 0...1000
    ) -> [Element] {
        let nodes = self.list(
            key, about, of: Element.settingType, count: count, default: fallback.map(\.settingNode))
        guard let nodes else { return fallback }
        var elements: [Element] = []
        for (index, node) in nodes.enumerated() {
            let name = "\(self.name(of: key))[\(index)]"
            if node.isNull {
                self.report(Problem(at: node.position, message: "\(name) has no value"))
            } else if let element: Element = self.convert(node, name: name) {
                elements.append(element)
            }
        }
        return elements
    }

    /// The nodes of a list whose length is right; nothing where it is left out or wrong.
    mutating func list(
        _ key: String, _ about: String, of element: SettingType, count: ClosedRange<Int>,
        default fallback: [SettingsNode]
    ) -> [SettingsNode]? {
        let isRequired = !count.contains(fallback.count)
        let presence: SettingsField.Presence =
            isRequired ? .required : .defaulted(SettingsNode(.sequence(fallback)))
        self.note(SettingsField(key: key, about: about, type: .list(element, count: count), presence: presence))
        guard let node = self.node(key, about, presence) else { return nil }
        let name = self.name(of: key)
        if node.scalar?.origin == .unresolved {
            self.giveUp()
            return nil
        }
        guard case .sequence(let nodes) = node.kind else {
            self.report(SettingMismatch(expected: "a list", found: node), of: name, at: node.position)
            return nil
        }
        guard count.contains(nodes.count) else {
            let allowed = count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "\(count)"
            let message = "\(name) has \(nodes.count) elements, allowed are \(allowed)"
            self.report(Problem(at: node.position, message: message))
            return nil
        }
        return nodes
    }
}
