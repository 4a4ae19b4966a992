internal import AlmanacKernel

/// What is looked at of what plugins say, besides the operations behind it.
extension ConsoleResolver {
    // MARK: Words and names

    /// Looks at everything that a resource says to people, and at its name.
    mutating func checkWords(_ declared: ConsoleResource, _ owner: PluginID) {
        self.checkName(declared.name, in: declared.label, of: owner)
        let texts =
            [declared.title, declared.section.title] + [declared.one, declared.createTitle].compactMap { $0 }
            + declared.columns.compactMap(\.title)
            + declared.actions.flatMap { [$0.title] + [$0.question].compactMap { $0 } }
            + declared.panels.flatMap { [$0.title].compactMap { $0 } + $0.fields.compactMap(\.title) }
        for problem in texts.flatMap(\.problems) { self.note(problem, in: declared.label, of: owner) }
    }

    /// The notes of a resource, whose words and conditions are looked at.
    mutating func notes(
        _ declared: ConsoleResource, _ list: ConsoleModel.Operation, _ owner: PluginID
    ) -> [ConsoleNote] {
        for note in declared.notes {
            for problem in note.text.problems { self.note(problem, in: declared.label, of: owner) }
            guard let condition = note.condition else { continue }
            if list.answer.first(where: { $0.name == condition })?.kind != .boolean {
                self.note(
                    "note: \(list.name) answers no field \(condition) that is true or false", in: declared.label,
                    of: owner)
            }
        }
        return declared.notes
    }

    /// Looks whether a name can stand in addresses of the console.
    mutating func checkName(_ name: String, in label: String, of owner: PluginID) {
        if !Self.isName(name) {
            self.note("a name has lower-case letters, digits and hyphens", in: label, of: owner)
        } else if ["sign-in", "sign-out", "assets", "account", "today", "explain", "choices"].contains(name) {
            self.note("the console has a page of this name itself", in: label, of: owner)
        }
    }

    /// Whether a text may stand in addresses as a name.
    static func isName(_ text: String) -> Bool {
        text.first?.isLetter == true
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    /// Looks whether fields that are named anywhere are fields.
    mutating func checkNames(
        _ declared: ConsoleResource, _ item: [ConsoleField], _ create: ConsoleModel.Operation?,
        _ edit: ConsoleModel.Operation?, _ owner: PluginID
    ) {
        if !item.contains(where: { $0.name == declared.identity && $0.isLeaf }) {
            self.note(
                "its items have no field \(declared.identity) by which they are known: say identified(by:)",
                in: declared.label, of: owner)
        }
        if let name = declared.itemName, !item.contains(where: { $0.name == name }) {
            self.note("its items have no field \(name) by which they are called", in: declared.label, of: owner)
        }
        let forms = Set(((create?.fields ?? []) + (edit?.fields ?? [])).map(\.name))
        for field in Set(declared.hidden).union(declared.prefills.keys).subtracting(forms).sorted() {
            self.note("neither of its forms has a field \(field)", in: declared.label, of: owner)
        }
        if declared.read == nil, edit != nil {
            self.note("what is changed must be read first: say shown(by:)", in: declared.label, of: owner)
        }
        for field in declared.revealed where create?.answer.contains(where: { $0.name == field }) != true {
            self.note("what makes an item answers no field \(field)", in: declared.label, of: owner)
        }
    }

    // MARK: What refers to resources

    mutating func check(
        _ entry: ConsoleMenuEntry, against resources: [String: ConsoleModel.Resource], of owner: PluginID
    ) {
        for problem in entry.title.problems { self.note(problem, in: entry.label, of: owner) }
        guard let resource = resources[entry.resource] else {
            self.note("there is no resource \(entry.resource)", in: entry.label, of: owner)
            return
        }
        for name in entry.filters.keys.sorted() where resource.list.field(name) == nil {
            self.note("the input of \(resource.list.name) has no field \(name)", in: entry.label, of: owner)
        }
    }

    /// Looks whether the resources to which one refers are there, those of plugins that may be missing excepted: their
    /// ids are shown as text then.
    mutating func checkReferences(of resource: ConsoleModel.Resource, in resources: [String: ConsoleModel.Resource]) {
        let forms = (resource.create?.fields ?? []) + (resource.edit?.fields ?? []) + resource.list.fields
        let actions = resource.actions.flatMap(\.operation.fields)
        for (field, target) in resource.references.sorted(by: { $0.key < $1.key }) {
            let label = "console resource \(resource.name)"
            if resources[target] == nil {
                self.note("\(field) refers to \(target), and there is no such resource", in: label, of: resource.owner)
            }
            if !Self.names(forms + actions).contains(field) {
                self.note("no form and no filter has the field \(field)", in: label, of: resource.owner)
            }
        }
    }

    /// The names of fields, with dots before those of fields inside others.
    private static func names(_ fields: [ConsoleField], in outer: String = "") -> Set<String> {
        var names: Set<String> = []
        for field in fields {
            names.insert(outer + field.name)
            switch field.kind {
            case .object(let inner), .list(of: .object(let inner)):
                names.formUnion(self.names(inner, in: "\(outer)\(field.name)."))
            default: break
            }
        }
        return names
    }
}
