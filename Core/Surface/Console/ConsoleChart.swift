public import AlmanacKernel

/// Numbers of an endpoint as a picture: bars, a line, or a single figure.
///
/// The endpoint lists what is drawn, `{"items": […]}`, and is called as the person who looks: whoever may not call it sees
/// no chart. Each picture comes with its numbers as a table.
///
/// ```swift
/// ConsoleChart("reviews-by-stars", ["en": "Reviews by stars"], of: .init(self.listReviews))
///     .bars(by: "stars")
///     .beside("reviews")
///     .atHome()
/// ```
/// Without a field to show, items are counted; of a long list the first 500.
public struct ConsoleChart: Contribution {
    /// What is drawn.
    package enum Kind: Sendable, Equatable {
        /// A bar for each value.
        case bars
        /// A line through the values.
        case line
        /// The sum of all values, in large.
        case figure
    }

    /// What a field of the endpoint's input is set to.
    public enum Argument: Sendable, Hashable, ExpressibleByStringLiteral {
        /// This text.
        case text(String)
        /// A day, so many days from the day on which somebody looks: `-6` is six days ago.
        case day(Int)

        /// This text.
        public init(stringLiteral text: String) { self = .text(text) }
    }

    /// The permanent name: lower-case letters, digits and hyphens.
    public let name: String
    /// What stands above it.
    public let title: ConsoleText
    /// The endpoint that lists what is drawn.
    public let operation: ConsoleOperation
    var kind = Kind.figure
    var group: String?
    var value: String?
    var arguments: [String: Argument] = [:]
    var resource: String?
    var homeOrder: Int?

    /// Describes a chart; a figure that counts, unless stated.
    public init(_ name: String, _ title: ConsoleText, of operation: ConsoleOperation) {
        self.name = name
        self.title = title
        self.operation = operation
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "console chart \(self.name)" }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    // MARK: What is drawn

    /// The same chart as bars: one for each value of `group`, as high as the sum of `value`, or as there are items.
    public func bars(by group: String, showing value: String? = nil) -> Self {
        self.with { ($0.kind, $0.group, $0.value) = (.bars, group, value) }
    }

    /// The same chart as a line through the sums of `value` in the order of `group`, or through how many items there are.
    public func line(by group: String, showing value: String? = nil) -> Self {
        self.with { ($0.kind, $0.group, $0.value) = (.line, group, value) }
    }

    /// The same chart as one number: the sum of `value`, or how many items there are.
    public func figure(showing value: String? = nil) -> Self {
        self.with { ($0.kind, $0.group, $0.value) = (.figure, nil, value) }
    }

    /// The same chart, which sets these fields of the endpoint's input.
    public func asking(_ arguments: [String: Argument]) -> Self { self.with { $0.arguments = arguments } }

    // MARK: Where it is drawn

    /// The same chart among those of a resource.
    public func beside(_ resource: String) -> Self { self.with { $0.resource = resource } }

    /// The same chart on the first page, at this place: the smaller, the higher.
    public func atHome(order: Int = 100) -> Self { self.with { $0.homeOrder = order } }
}
