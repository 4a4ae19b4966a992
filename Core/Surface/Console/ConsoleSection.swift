public import AlmanacKernel

/// A part of the console's menu.
public struct ConsoleSection: Sendable, Hashable {
    /// The permanent name.
    public let name: String
    /// What stands above it.
    public let title: ConsoleText
    /// Where it stands: the smaller, the higher.
    public let order: Int

    /// Describes a section; of two with one name the first counts.
    public init(_ name: String, _ title: ConsoleText, order: Int) {
        self.name = name
        self.title = title
        self.order = order
    }

    /// What one looks at every day.
    public static let daily = Self("daily", ["en": "Daily", "de": "Alltag", "fr": "Au quotidien"], order: 100)
    /// What is offered.
    public static let catalog = Self("catalog", ["en": "Catalog", "de": "Angebot", "fr": "Catalogue"], order: 200)
    /// Who one deals with.
    public static let people = Self("people", ["en": "People", "de": "Personen", "fr": "Personnes"], order: 300)
    /// What plugins of others add.
    public static let more = Self("more", ["en": "More", "de": "Weiteres", "fr": "Autres"], order: 400)
    /// How it goes.
    public static let operations = Self(
        "operations", ["en": "Operations", "de": "Betrieb", "fr": "Exploitation"], order: 600)
    /// Who may do what, and what holds.
    public static let system = Self("system", ["en": "System", "de": "System", "fr": "Système"], order: 500)
}

/// A line of the console's menu that leads to a resource with some filters set.
///
/// Each resource has a line of its own already. Who may not see the resource does not see the line.
public struct ConsoleMenuEntry: Contribution {
    /// What it says.
    public let title: ConsoleText
    /// The resource to which it leads.
    public let resource: String
    /// The filters that are set, with their values.
    public let filters: [String: String]
    /// Where it stands.
    public let section: ConsoleSection
    /// Where in the section: the smaller, the higher.
    public let order: Int

    /// Describes a line of the menu.
    public init(
        _ title: ConsoleText, to resource: String, with filters: [String: String] = [:],
        in section: ConsoleSection = .more, order: Int = 100
    ) {
        self.title = title
        self.resource = resource
        self.filters = filters
        self.section = section
        self.order = order
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "console menu entry for \(self.resource)" }
}

/// Something that is said above a list.
public struct ConsoleNote: Sendable {
    /// What is said.
    public let text: ConsoleText
    /// A command that goes with it, for whoever has a shell.
    public let command: String?
    /// The field of the list's answer, true or false, that says whether it is said; always, when `nil`.
    public let condition: String?
    /// How it is meant.
    public let tone: ConsoleTone

    /// Describes what is said.
    public init(
        _ text: ConsoleText, command: String? = nil, when condition: String? = nil, tone: ConsoleTone = .neutral
    ) {
        self.text = text
        self.command = command
        self.condition = condition
        self.tone = tone
    }
}

/// Words for fields and values, in addition to the console's own.
///
/// Keys are `field.NAME` for what a field is called, `field.RESOURCE.NAME` for what it is called there, and
/// `value.VALUE` for one of a few values. Without words the name itself is shown, `durationMinutes` as
/// "Duration minutes".
public struct ConsoleWords: Contribution {
    /// The words, by key.
    public let words: [String: ConsoleText]

    /// Collects words.
    public init(_ words: [String: ConsoleText]) { self.words = words }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "console words" }
}
