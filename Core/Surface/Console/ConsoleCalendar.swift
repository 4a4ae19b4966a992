public import AlmanacKernel

/// A calendar in the console: the items of a resource, laid out by day, week and month.
///
/// ```swift
/// ConsoleCalendar("calendar", ["en": "Calendar"], of: "bookings", from: "endsAfter", until: "startsBefore")
///     .showing(start: "start", end: "end", zone: "timeZone", status: "status", texts: "eventType/name")
///     .lanes(ConsoleLane("providers", filter: "providers", field: "hosts/id"))
///     .deciding("approve", "reject")
///     .moving(by: "reschedule", start: "start")
/// ```
/// The console asks the list of the resource for what overlaps with what is shown, and shows of it what that answers.
/// What is done with an item is done by the actions of the resource; what is made, by its form. What does not fit the
/// endpoints, as a field that no item has, is found by `almanac check`.
public struct ConsoleCalendar: Contribution {
    /// The permanent name, which stands in addresses: lower-case letters, digits and hyphens.
    public let name: String
    /// What the calendar is called.
    public let title: ConsoleText
    /// The resource whose items it shows.
    public let resource: String
    /// The field of the list's input behind which an item ends, an instant.
    public let from: String
    /// The field of the list's input before which an item begins, an instant.
    public let until: String
    var fields = Fields()
    var lanes: [ConsoleLane] = []
    var decisions: [String] = []
    var move: Move?
    var hiddenStates: Set<String> = []
    var background: [ConsoleBackground] = []
    var live: ConsoleOperation?
    var group: String?
    var section = ConsoleSection.daily
    var order = 1

    struct Fields: Sendable {
        var start = "start"
        var end = "end"
        var zone: String?
        var status: String?
        var texts: [String] = []
    }

    struct Move: Sendable {
        let action: String
        let start: String
        let end: String?
    }

    /// Describes a calendar.
    ///
    /// - Parameters:
    ///   - name: The name in addresses.
    ///   - title: What it is called.
    ///   - resource: The resource whose items it shows.
    ///   - from: The field of the list's input behind which an item ends.
    ///   - until: The field of the list's input before which an item begins.
    public init(_ name: String, _ title: ConsoleText, of resource: String, from: String, until: String) {
        self.name = name
        self.title = title
        self.resource = resource
        self.from = from
        self.until = until
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "console calendar \(self.name)" }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    /// The same calendar with what it shows of an item.
    ///
    /// - Parameters:
    ///   - start: The field with the instant at which it begins.
    ///   - end: The field with the instant at which it ends.
    ///   - zone: The field with the zone in which it was agreed.
    ///   - status: The field with its state, which has its tone where the resource's columns give it one.
    ///   - texts: Fields that say what it is, the most telling first.
    /// - Returns: The calendar with it.
    public func showing(
        start: String, end: String, zone: String? = nil, status: String? = nil, texts: String...
    ) -> Self {
        self.with { $0.fields = Fields(start: start, end: end, zone: zone, status: status, texts: texts) }
    }

    /// The same calendar, in which one chooses among these: whose time it is, and what is taken.
    public func lanes(_ lanes: ConsoleLane...) -> Self { self.with { $0.lanes = lanes } }

    /// The same calendar, in which these actions of the resource stand beside an item that allows them.
    public func deciding(_ actions: String...) -> Self { self.with { $0.decisions = actions } }

    /// The same calendar, whose items are moved by an action of the resource.
    ///
    /// - Parameters:
    ///   - action: The action's name, as `reschedule`.
    ///   - start: The field of its input that is the new start.
    ///   - end: The field of its input that is the new end; without it what is moved keeps its length.
    /// - Returns: The calendar with it.
    public func moving(by action: String, start: String, end: String? = nil) -> Self {
        self.with { $0.move = Move(action: action, start: start, end: end) }
    }

    /// The same calendar, which leaves out what is in one of these states, unless that is asked for.
    public func hiding(_ states: String...) -> Self { self.with { $0.hiddenStates = Set(states) } }

    /// The same calendar with what lies behind its items: time that is taken without them.
    public func background(_ lists: ConsoleBackground...) -> Self { self.with { $0.background = lists } }

    /// The same calendar, in which items at one time that agree in this field are one: the seats of a session.
    public func grouped(by field: String) -> Self { self.with { $0.group = field } }

    /// The same calendar, which is read again when this live endpoint tells of anything.
    public func followed(by operation: ConsoleOperation) -> Self { self.with { $0.live = operation } }

    /// The same calendar at this place of the menu.
    public func inMenu(_ section: ConsoleSection, order: Int = 1) -> Self {
        self.with {
            $0.section = section
            $0.order = order
        }
    }
}

/// Whose calendar it is: one of several resources whose items can be chosen, each with a column of its own on a day.
public struct ConsoleLane: Sendable {
    /// The resource among whose items one chooses.
    public let resource: String
    /// The field of the list's input that takes the ids of those that are chosen, an array.
    public let filter: String
    /// Where the ids stand in an item, with slashes between the names: `hosts/id`; through lists, for all that is in
    /// them.
    public let field: String
    /// The field of the form that makes an item, and of the action that moves one, that takes such an id.
    public let formField: String?

    /// Describes lanes.
    public init(_ resource: String, filter: String, field: String, formField: String? = nil) {
        self.resource = resource
        self.filter = filter
        self.field = field
        self.formField = formField
    }
}

/// Time that is taken without an item, as a list of spans.
public struct ConsoleBackground: Sendable {
    /// What it is, as "Blocked".
    public let title: ConsoleText
    /// The list, whose input takes dates `from` and `to`.
    public let list: ConsoleOperation
    /// The field that says why.
    public let text: String?
    /// The resource of the lane to which it belongs, and the field that holds that id.
    public let lane: (resource: String, field: String)?
    /// The resource that shows and changes these, where there is one.
    public let resource: String?

    /// Describes a list with the fields `start` and `end`.
    public init(
        _ title: ConsoleText, list: ConsoleOperation, text: String? = nil,
        lane: (resource: String, field: String)? = nil, resource: String? = nil
    ) {
        self.title = title
        self.list = list
        self.text = text
        self.lane = lane
        self.resource = resource
    }
}
