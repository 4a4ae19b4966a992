public import AlmanacKernel

/// A kind of thing that people look after in the console: which endpoints list, show, make, change and act on it.
///
/// The console shows nothing that these endpoints do not say, and does nothing but call them as the person who has
/// signed in: their permissions, validation and audit entries are the console's. All but the list may be left out.
///
/// ```swift
/// ConsoleResource("reviews", ["en": "Reviews", "de": "Bewertungen"], list: "reviews.list")
///     .columns("createdAt", "stars", "text")
///     .filtered(by: "stars")
///     .created(by: "reviews.write")
///     .acting(ConsoleAction("reviews.hide", "Hide", isDestructive: true))
/// ```
/// Columns, filters, forms and their limits come from the schemas of the endpoints. What does not fit them, as a column
/// that no item has, is found by `almanac check`.
public struct ConsoleResource: Contribution {
    /// The permanent name, which stands in addresses: lower-case letters, digits and hyphens.
    public let name: String
    /// What the things are called, in the plural.
    public let title: ConsoleText
    /// The endpoint that lists them: `{"items": […]}`.
    public let list: ConsoleOperation
    var one: ConsoleText?
    var columns: [ConsoleColumn] = []
    var filters: [String]?
    var search: String?
    var identity = "id"
    var itemName: String?
    var read: ConsoleOperation?
    var panels: [ConsolePanel] = []
    var create: ConsoleOperation?
    var createTitle: ConsoleText?
    var revealed: [String] = []
    var edit: ConsoleOperation?
    var actions: [ConsoleAction] = []
    var references: [String: String] = [:]
    var prefills: [String: String] = [:]
    var hidden: Set<String> = []
    var auditType: String?
    var slots: ConsoleSlots?
    var notes: [ConsoleNote] = []
    var section = ConsoleSection.more
    var order = 100
    var isInMenu = true

    /// Describes a resource.
    public init(_ name: String, _ title: ConsoleText, list: ConsoleOperation) {
        self.name = name
        self.title = title
        self.list = list
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "console resource \(self.name)" }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    // MARK: Lists

    /// The same resource with these columns; the first six fields that are one value, unless stated.
    public func columns(_ columns: ConsoleColumn...) -> Self { self.with { $0.columns = columns } }

    /// The same resource with these fields of the list's input as filters; all that can be, unless stated.
    public func filtered(by fields: String...) -> Self { self.with { $0.filters = fields } }

    /// The same resource, searched by this field of the list's input; `q`, unless stated.
    public func searched(by field: String) -> Self { self.with { $0.search = field } }

    /// The same resource, whose items are known by this field, which stands in paths; `id`, unless stated.
    public func identified(by field: String) -> Self { self.with { $0.identity = field } }

    /// The same resource, whose items are called by this field; `name`, `title` or `number`, unless stated.
    public func named(by field: String) -> Self { self.with { $0.itemName = field } }

    /// The same resource, above whose list this is said.
    public func noting(_ notes: ConsoleNote...) -> Self { self.with { $0.notes = notes } }

    // MARK: Items

    /// The same resource, one of which is called so: "review".
    public func one(_ title: ConsoleText) -> Self { self.with { $0.one = title } }

    /// The same resource with an endpoint that shows one item, and with what its page shows: all fields, unless stated.
    public func shown(by operation: ConsoleOperation, _ panels: ConsolePanel...) -> Self {
        self.with {
            $0.read = operation
            $0.panels = panels
        }
    }

    /// The same resource with an endpoint that makes an item.
    ///
    /// - Parameters:
    ///   - operation: A POST endpoint.
    ///   - title: What stands on the button; "New", unless stated.
    ///   - fields: Fields of the answer that are shown once, as a key.
    /// - Returns: The resource with it.
    public func created(
        by operation: ConsoleOperation, _ title: ConsoleText? = nil, revealing fields: String...
    ) -> Self {
        self.with {
            $0.create = operation
            $0.createTitle = title
            $0.revealed = fields
        }
    }

    /// The same resource with an endpoint that changes an item: PUT or PATCH.
    ///
    /// With PUT, what the form does not show is sent back as it was read.
    public func edited(by operation: ConsoleOperation) -> Self { self.with { $0.edit = operation } }

    /// The same resource with what is done with its items.
    public func acting(_ actions: ConsoleAction...) -> Self { self.with { $0.actions = actions } }

    /// The same resource, of whose fields these hold ids of items of other resources, by name: forms and filters offer
    /// them to choose from.
    public func referring(_ references: [String: String]) -> Self { self.with { $0.references = references } }

    /// The same resource, in whose forms fields begin with the values of other fields of the item, by name.
    public func prefilling(_ fields: [String: String]) -> Self { self.with { $0.prefills = fields } }

    /// The same resource, whose forms leave these fields out.
    public func hiding(_ fields: String...) -> Self { self.with { $0.hidden = Set(fields) } }

    /// The same resource, whose items the audit log knows as objects of this type: their pages show what was done.
    public func audited(as type: String) -> Self { self.with { $0.auditType = type } }

    /// The same resource, whose forms offer starts to choose from.
    public func offering(_ slots: ConsoleSlots) -> Self { self.with { $0.slots = slots } }

    // MARK: Menu

    /// The same resource at this place of the menu.
    public func inMenu(_ section: ConsoleSection, order: Int = 100) -> Self {
        self.with {
            $0.section = section
            $0.order = order
        }
    }

    /// The same resource without a line in the menu.
    public func outOfMenu() -> Self { self.with { $0.isInMenu = false } }
}
