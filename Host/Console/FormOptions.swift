internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// What can be chosen in fields that hold ids of other items: by the name of the field without the numbers of rows.
struct FormOptions {
    /// What one such field offers.
    struct Choice {
        /// What is offered at once.
        var options: [(value: String, title: String)]
        /// The resource in which one looks for more; `nil` when that is all, or there is no way to look.
        var lookup: String?
    }

    private var choices: [String: Choice] = [:]

    /// Nothing can be chosen.
    init() {}

    /// What can be chosen in a field.
    subscript(name: String) -> Choice? {
        get { self.choices[name] }
        set { self.choices[name] = newValue }
    }
}

extension Visit {
    /// How many are offered at once; of more than that one looks for the right one.
    private static let mostOffered = 100
    /// How many a search shows.
    private static let mostFound = 20

    /// Asks for what can be chosen.
    ///
    /// A list that the visitor may not see leaves its field as a line of text. Of a long list that can be searched, what
    /// was searched for is offered, and what is chosen already.
    func options(
        for fields: [ConsoleField], _ resource: ConsoleModel.Resource, _ state: FormState = FormState()
    ) async -> FormOptions {
        var options = FormOptions()
        var lists: [String: FormOptions.Choice] = [:]
        let names = Self.leafNames(fields)
        for (name, target) in resource.references.sorted(by: { $0.key < $1.key }) where names.contains(name) {
            guard let other = self.model?[target], self.may(other.list) else { continue }
            if lists[target] == nil { lists[target] = await self.choice(of: other) }
            guard var choice = lists[target], !choice.options.isEmpty else { continue }
            if choice.lookup != nil {
                choice.options = await self.lookedUp(name, other, state) ?? choice.options
                await self.addChosen(&choice.options, name, other, state)
            }
            options[name] = choice
        }
        return options
    }

    /// What can be chosen of the resource of this name; nothing when the visitor may not see it.
    func choices(named name: String) async -> [(value: String, title: String)] {
        guard let resource = self.model?[name], self.may(resource.list) else { return [] }
        return await self.choice(of: resource).options
    }

    private func choice(of resource: ConsoleModel.Resource) async -> FormOptions.Choice {
        let query = resource.list.field("limit") == nil ? [] : [(name: "limit", value: "\(Self.mostOffered)")]
        var answer = await self.client.get(resource.list.path, query)
        let hasMore = answer.json["next"]?.string != nil
        if hasMore, resource.search == nil {
            // There is no way to look: as many as a page may hold.
            answer = await self.client.get(resource.list.path, [(name: "limit", value: "200")])
        }
        return FormOptions.Choice(
            options: self.titled(answer.json, resource), lookup: hasMore && resource.search != nil ? resource.name : nil
        )
    }

    private func titled(_ list: JSON, _ resource: ConsoleModel.Resource) -> [(value: String, title: String)] {
        (list["items"]?.array ?? []).map { item in
            let id = Self.identity(of: item, resource)
            let title = item[resource.itemName]?.string ?? id
            // Two may be called the same.
            return (id, item["email"]?.string.map { "\(title) · \($0)" } ?? title)
        }
    }

    /// What was searched for in a form; `nil` when nothing was.
    private func lookedUp(
        _ name: String, _ resource: ConsoleModel.Resource, _ state: FormState
    ) async -> [(value: String, title: String)]? {
        guard let text = state.first("\(name).search"), !text.isEmpty else { return nil }
        return await self.found(text, resource)
    }

    private func found(_ text: String, _ resource: ConsoleModel.Resource) async -> [(value: String, title: String)] {
        guard let search = resource.search else { return [] }
        let query = [(name: search, value: text), (name: "limit", value: "\(Self.mostFound)")]
        return self.titled(await self.client.get(resource.list.path, query).json, resource)
    }

    /// Adds what is chosen already, by its name.
    private func addChosen(
        _ options: inout [(value: String, title: String)], _ name: String, _ resource: ConsoleModel.Resource,
        _ state: FormState
    ) async {
        guard let chosen = state.first(name), !chosen.isEmpty, let read = resource.read, self.may(read),
            !options.contains(where: { $0.value == chosen })
        else { return }
        let answer = await self.client.get(read.path(of: chosen))
        guard answer.isFine else { return }
        options.insert((chosen, answer.json[resource.itemName]?.string ?? chosen), at: 0)
    }

    /// What is found in a resource, for a script that asks while somebody types.
    func lookup(_ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        guard resource.search != nil, let text = self.queried("q") else { throw .notFound }
        let items = await self.found(text, resource).map { option -> JSON in
            ["id": .string(option.value), "title": .string(option.title)]
        }
        return .json(["items": .array(items)])
    }

    private static func leafNames(_ fields: [ConsoleField], in outer: String = "") -> Set<String> {
        var names: Set<String> = []
        for field in fields {
            switch field.kind {
            case .object(let inner), .list(of: .object(let inner)):
                names.formUnion(self.leafNames(inner, in: "\(outer)\(field.name)."))
            default: names.insert(outer + field.name)
            }
        }
        return names
    }
}
