/// One thing a plugin adds: data and closures, nothing that has run.
///
/// The list of kinds is open. The kernel owns services, event handlers and policies; Surface owns endpoints; a plugin's
/// contract module may define kinds of its own, which that plugin collects with ``Graph/contributions(of:)``.
public protocol Contribution: Sendable {
    /// Names it in messages: `endpoint POST /bookings`.
    var label: String { get }
    /// What is wrong with it in this graph, as messages without a place.
    ///
    /// - Parameters:
    ///   - graph: Everything that was contributed.
    ///   - owner: The declaration of the plugin that contributed it.
    func problems(in graph: Graph, owner: Declaration) -> [String]
}

extension Contribution {
    public func problems(in graph: Graph, owner: Declaration) -> [String] { [] }
}

/// Everything one plugin adds, in order of writing.
public struct Contributions: Sendable {
    /// The contributions.
    public let items: [any Contribution]

    /// Collects contributions.
    public init(_ items: [any Contribution] = []) { self.items = items }

    /// Those of one kind, in order.
    public func all<C: Contribution>(_ type: C.Type = C.self) -> [C] { self.items.compactMap { $0 as? C } }
}

/// Lets contributions be written one under the other.
@resultBuilder
public enum ContributionBuilder {
    public static func buildExpression(_ item: some Contribution) -> [any Contribution] { [item] }
    public static func buildExpression<C: Contribution>(_ items: [C]) -> [any Contribution] { items }
    public static func buildExpression(_ items: Contributions) -> [any Contribution] { items.items }
    public static func buildPartialBlock(first: [any Contribution]) -> [any Contribution] { first }
    public static func buildPartialBlock(
        accumulated: [any Contribution], next: [any Contribution]
    ) -> [any Contribution] { accumulated + next }
    public static func buildOptional(_ items: [any Contribution]?) -> [any Contribution] { items ?? [] }
    public static func buildEither(first: [any Contribution]) -> [any Contribution] { first }
    public static func buildEither(second: [any Contribution]) -> [any Contribution] { second }
    public static func buildArray(_ items: [[any Contribution]]) -> [any Contribution] { items.flatMap { $0 } }
    public static func buildFinalResult(_ items: [any Contribution]) -> Contributions { Contributions(items) }
}
