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
    /// - Returns: One message for each problem; empty when all is well, which is the default.
    func problems(in graph: Graph, owner: Declaration) -> [String]
}

extension Contribution {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
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
    /// One contribution.
    public static func buildExpression(_ item: some Contribution) -> [any Contribution] { [item] }
    /// Contributions of one kind, for example made by `map`.
    public static func buildExpression<C: Contribution>(_ items: [C]) -> [any Contribution] { items }
    /// Contributions that were collected elsewhere, for example by another file of the plugin.
    public static func buildExpression(_ items: Contributions) -> [any Contribution] { items.items }
    /// The first line of a block.
    public static func buildPartialBlock(first: [any Contribution]) -> [any Contribution] { first }
    /// A further line of a block, after those above it.
    public static func buildPartialBlock(
        accumulated: [any Contribution], next: [any Contribution]
    ) -> [any Contribution] { accumulated + next }
    /// An `if` without `else`: nothing where the condition is false.
    public static func buildOptional(_ items: [any Contribution]?) -> [any Contribution] { items ?? [] }
    /// The branch taken of an `if` with `else`, or of a `switch`.
    public static func buildEither(first: [any Contribution]) -> [any Contribution] { first }
    /// The other branch.
    public static func buildEither(second: [any Contribution]) -> [any Contribution] { second }
    /// The passes of a `for` loop, one after the other.
    public static func buildArray(_ items: [[any Contribution]]) -> [any Contribution] { items.flatMap { $0 } }
    /// The whole block.
    public static func buildFinalResult(_ items: [any Contribution]) -> Contributions { Contributions(items) }
}
