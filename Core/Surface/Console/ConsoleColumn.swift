/// One field of an item as the console shows it: a column of a list, or a line of a panel.
///
/// The form follows from the schema unless it is stated: `"number"` is a column with everything as it comes.
public struct ConsoleColumn: Sendable, ExpressibleByStringLiteral {
    /// How a value is shown.
    public enum Format: Sendable {
        /// As its schema says.
        case automatic
        /// As it is.
        case text
        /// An instant as date and time, in the zone that another field of the item names or else in the reader's.
        case instant(zone: String?)
        /// A number of minutes.
        case minutes
        /// One of a few states, each in its tone.
        case badge([String: ConsoleTone])
        /// The id of an item of another resource, shown by the name that another field holds, as a link.
        case reference(resource: String, name: String)
        /// What an audit entry mentions, `booking:ID` or an object with `type`, `id` and `name`, shown by its name and as
        /// a link to its page, where there is one.
        case mention(name: String)
    }

    /// Where the value stands in the item, with slashes between the names: `customer/name`.
    public let field: String
    /// What stands above it; made from the name of the field when `nil`.
    public let title: ConsoleText?
    /// How it is shown.
    public let format: Format

    private init(_ field: String, _ title: ConsoleText?, _ format: Format) {
        self.field = field
        self.title = title
        self.format = format
    }

    /// A field as its schema says.
    public init(stringLiteral field: String) { self.init(field, nil, .automatic) }
    /// A field as its schema says, under words of its own.
    public static func field(_ field: String, _ title: ConsoleText? = nil) -> Self { Self(field, title, .automatic) }
    /// A field as it is.
    public static func text(_ field: String, _ title: ConsoleText? = nil) -> Self { Self(field, title, .text) }
    /// A number of minutes.
    public static func minutes(_ field: String, _ title: ConsoleText? = nil) -> Self { Self(field, title, .minutes) }

    /// An instant, in the zone that another field of the item names.
    public static func instant(_ field: String, _ title: ConsoleText? = nil, zone: String? = nil) -> Self {
        Self(field, title, .instant(zone: zone))
    }

    /// One of a few states; those that are not named have the tone of their usual meaning.
    public static func badge(
        _ field: String, _ title: ConsoleText? = nil, tones: [String: ConsoleTone] = [:]
    ) -> Self { Self(field, title, .badge(tones)) }

    /// The id of an item of another resource, with the field that holds its name.
    public static func reference(
        _ field: String, to resource: String, named name: String, _ title: ConsoleText? = nil
    ) -> Self { Self(field, title, .reference(resource: resource, name: name)) }

    /// What an audit entry mentions, with the field that holds its name.
    static func mention(_ field: String, named name: String, _ title: ConsoleText? = nil) -> Self {
        Self(field, title, .mention(name: name))
    }
}

/// What a state means at a glance.
public enum ConsoleTone: String, Sendable, CaseIterable {
    /// Nothing in particular.
    case neutral
    /// Under way.
    case info
    /// As it should be.
    case good
    /// Somebody should look.
    case warning
    /// Not as it should be.
    case bad
}
