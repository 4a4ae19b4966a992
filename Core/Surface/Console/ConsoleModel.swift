package import AlmanacKernel

/// Everything that was contributed to the console, resolved against the endpoints and frozen.
package struct ConsoleModel: Sendable {
    /// An endpoint as the console calls it.
    package struct Operation: Sendable {
        /// Its permanent name.
        package let name: String
        /// The method, in capitals.
        package let method: String
        /// The whole path, with parameters in braces.
        package let path: String
        /// The names of the parameters.
        package let parameters: [String]
        /// What it asks of its caller.
        package let access: Access
        /// Whether it must be told in `If-Match` which version was seen.
        package let needsVersion: Bool
        /// The fields of its input that are not in the path.
        package let fields: [ConsoleField]
        /// The fields of its answer.
        package let answer: [ConsoleField]

        /// The field of this name.
        package func field(_ name: String) -> ConsoleField? { self.fields.first { $0.name == name } }
    }

    /// A column, or a line of a panel.
    package struct Column: Sendable {
        /// The names of the fields on the way to the value.
        package let path: [String]
        /// Words of its own, where it has some.
        package let title: ConsoleText?
        /// How it was asked to be shown.
        package let format: ConsoleColumn.Format
        /// What the schema says of the value.
        package let field: ConsoleField

        package init(path: [String], title: ConsoleText?, format: ConsoleColumn.Format, field: ConsoleField) {
            self.path = path
            self.title = title
            self.format = format
            self.field = field
        }
    }

    /// A part of the page of one item.
    package struct Panel: Sendable {
        /// What stands above it.
        package let title: ConsoleText?
        /// Its fields or columns.
        package let columns: [Column]
        /// The list that it shows.
        package let list: Operation?

        package init(title: ConsoleText?, columns: [Column], list: Operation?) {
            self.title = title
            self.columns = columns
            self.list = list
        }
    }

    /// Something that is done with an item.
    package struct Action: Sendable {
        /// The name in addresses.
        package let name: String
        /// What it says in `allowed`.
        package let allowed: String
        /// What was declared.
        package let declared: ConsoleAction
        /// The endpoint.
        package let operation: Operation
        /// What says beforehand what would come of it.
        package let foresight: Foresight?
    }

    /// What says beforehand what would come of an action.
    package struct Foresight: Sendable {
        /// The endpoint.
        package let operation: Operation
        /// The part of its answer that is about the action.
        package let part: String
        /// What of that is shown.
        package let fields: [ConsoleField]
        /// What is said when nothing of that is there.
        package let otherwise: ConsoleText
    }

    /// Where forms get starts from.
    package struct Slots: Sendable {
        /// The field of forms.
        package let field: String
        /// Lists what is free.
        package let list: Operation
        /// Says why a start is or is not offered, and in which field it takes it.
        package let explanation: (operation: Operation, at: String)?
        /// What both have to be given, with where an item holds it.
        package let given: [(name: String, path: [String])]
    }

    /// A kind of thing that people look after.
    package struct Resource: Sendable {
        /// Who contributed it.
        package let owner: PluginID
        /// The name in addresses.
        package let name: String
        /// What the things are called.
        package let title: ConsoleText
        /// What one of them is called.
        package let one: ConsoleText?
        /// Where its line in the menu stands; `nil` when it has none.
        package let menu: (section: ConsoleSection, order: Int)?
        /// The list.
        package let list: Operation
        /// The fields of an item of the list.
        package let item: [ConsoleField]
        /// The columns of the list.
        package let columns: [Column]
        /// The fields of the list's input by which it is filtered.
        package let filters: [ConsoleField]
        /// The field of the list's input by which it is searched.
        package let search: String?
        /// Whether the list comes in pages.
        package let isPaged: Bool
        /// The field by which an item is known.
        package let identity: String
        /// The field by which an item is called.
        package let itemName: String
        /// Shows one item.
        package let read: Operation?
        /// What the page of one item shows.
        package let panels: [Panel]
        /// Makes an item.
        package let create: Operation?
        /// What stands on the button for that.
        package let createTitle: ConsoleText?
        /// The fields of its answer that are shown once.
        package let revealed: [String]
        /// Changes an item.
        package let edit: Operation?
        /// What is done with an item.
        package let actions: [Action]
        /// Of which resources fields hold ids.
        package let references: [String: String]
        /// With which fields of an item the fields of forms begin.
        package let prefills: [String: String]
        /// The fields that forms leave out.
        package let hidden: Set<String>
        /// What the audit log calls an item.
        package let auditType: String?
        /// Where its forms get starts from.
        package let slots: Slots?
        /// What is said above the list.
        package let notes: [ConsoleNote]
    }

    /// A chart.
    package struct Chart: Sendable {
        /// Who contributed it.
        package let owner: PluginID
        /// Its name.
        package let name: String
        /// What stands above it.
        package let title: ConsoleText
        /// What is drawn.
        package let kind: ConsoleChart.Kind
        /// The endpoint.
        package let operation: Operation
        /// By what its items are grouped; `nil` of a figure.
        package let group: Column?
        /// What of each item is added up; items are counted when `nil`.
        package let value: Column?
        /// What the fields of the endpoint's input are set to.
        package let arguments: [String: ConsoleChart.Argument]
        /// The resource among whose charts it is.
        package let resource: String?
        /// Where on the first page it is; `nil` when it is not there.
        package let homeOrder: Int?
    }

    /// The resources, by name.
    package let resources: [String: Resource]
    /// The calendars, by name.
    package let calendars: [String: Calendar]
    /// The lines of the menu that lead to a resource with filters.
    package let entries: [ConsoleMenuEntry]
    /// The charts, by place and name.
    package let charts: [Chart]
    /// Words of plugins, by key.
    package let words: [String: ConsoleText]

    /// The resource of this name.
    package subscript(name: String) -> Resource? { self.resources[name] }

    /// Resolves what was contributed.
    ///
    /// - Parameters:
    ///   - graph: Everything that was contributed.
    ///   - routes: Every endpoint.
    /// - Throws: Everything that does not fit.
    init(_ graph: Graph, _ routes: [RouteTable.Route]) throws(Problems) {
        var resolver = ConsoleResolver(routes)
        var resources: [String: Resource] = [:]
        let own = KernelConsole.resources.map { (owner: PluginID("kernel"), item: $0) }
        for (owner, declared) in own + graph.contributions(of: ConsoleResource.self) {
            let resolved = resolver.resolve(declared, of: owner)
            if let resolved, resources.updateValue(resolved, forKey: declared.name) != nil {
                resolver.note("another plugin contributes a resource of this name", in: declared.label, of: owner)
            }
        }
        var words: [String: ConsoleText] = [:]
        for (owner, contributed) in graph.contributions(of: ConsoleWords.self) {
            for (key, text) in contributed.words.sorted(by: { $0.key < $1.key }) {
                for problem in text.problems { resolver.note("\(key): \(problem)", in: contributed.label, of: owner) }
                words[key] = text
            }
        }
        let entries = graph.contributions(of: ConsoleMenuEntry.self)
        for (owner, entry) in entries { resolver.check(entry, against: resources, of: owner) }
        var charts: [String: Chart] = [:]
        let ownCharts = KernelConsole.charts.map { (owner: PluginID("kernel"), item: $0) }
        for (owner, declared) in ownCharts + graph.contributions(of: ConsoleChart.self) {
            let resolved = resolver.resolve(declared, among: resources, of: owner)
            if let resolved, charts.updateValue(resolved, forKey: declared.name) != nil {
                resolver.note("another chart has this name", in: declared.label, of: owner)
            }
        }
        for resource in resources.values.sorted(by: { $0.name < $1.name }) {
            resolver.checkReferences(of: resource, in: resources)
        }
        var calendars: [String: Calendar] = [:]
        for (owner, declared) in graph.contributions(of: ConsoleCalendar.self) {
            let resolved = resolver.resolve(declared, of: owner, in: resources)
            if let resolved, calendars.updateValue(resolved, forKey: declared.name) != nil {
                resolver.note("another plugin contributes a calendar of this name", in: declared.label, of: owner)
            }
        }
        guard resolver.problems.isEmpty else { throw Problems(resolver.problems) }
        self.calendars = calendars
        self.resources = resources
        self.entries = entries.map(\.item)
        self.charts = charts.values.sorted { ($0.homeOrder ?? .max, $0.name) < ($1.homeOrder ?? .max, $1.name) }
        self.words = words
    }
}
