package import AlmanacKernel

extension ConsoleModel {
    /// A calendar, resolved.
    package struct Calendar: Sendable {
        /// Who contributed it.
        package let owner: PluginID
        /// The name in addresses.
        package let name: String
        /// What it is called.
        package let title: ConsoleText
        /// The resource whose items it shows.
        package let resource: Resource
        /// Where its line in the menu stands.
        package let menu: (section: ConsoleSection, order: Int)
        /// The fields of the list's input between which an item lies.
        package let range: (from: String, until: String)
        /// Where the start of an item stands.
        package let start: [String]
        /// Where the end of an item stands.
        package let end: [String]
        /// Where the zone stands in which it was agreed.
        package let zone: [String]?
        /// How its state is shown.
        package let status: Column?
        /// What says what it is.
        package let texts: [[String]]
        /// Whose calendar it is.
        package let lanes: [Lane]
        /// What is decided beside an item.
        package let decisions: [Action]
        /// What moves an item, with the fields of its input for its start and its end.
        package let move: (action: Action, start: String, end: String?)?
        /// The states that are left out.
        package let hiddenStates: Set<String>
        /// What lies behind the items.
        package let background: [Background]
        /// Where it stands what items have in common that are shown as one.
        package let group: [String]?
        /// What tells of changes.
        package let live: Operation?
    }

    /// Among what one chooses.
    package struct Lane: Sendable {
        /// The resource.
        package let resource: Resource
        /// The field of the list's input.
        package let filter: String
        /// Where the ids stand in an item.
        package let path: [String]
        /// The field of forms.
        package let formField: String?
    }

    /// Time that is taken without an item.
    package struct Background: Sendable {
        /// What it is.
        package let title: ConsoleText
        /// The list.
        package let list: Operation
        /// Where it says why.
        package let text: [String]?
        /// To which lane it belongs, and where that id stands.
        package let lane: (resource: String, path: [String])?
        /// The resource that shows these.
        package let resource: Resource?
    }
}
