public import AlmanacStorage

/// Brings the payload of an event from one version of its form to the next, for events that were stored before.
///
/// Contributed by the plugin that declares the event. Of several that follow each other all are run, so that a handler
/// reads one version only. Keep a stored payload of each old version as a golden file beside the tests and convert it
/// there: what was stored once must be readable for ever.
///
/// ```swift
/// Upcaster("lessons.lesson-given", from: 1) { payload in
///     var members = payload.object ?? [:]
///     members["minutes"] = .number(JSONNumber(60))
///     return .object(members)
/// }
/// ```
public struct Upcaster: Contribution {
    /// What it converts; the result is of the next version.
    public let from: WireName
    let convert: @Sendable (JSON) throws -> JSON

    /// Converts payloads of version `version` to the next.
    ///
    /// - Parameters:
    ///   - name: The event's permanent name.
    ///   - version: The version that is converted, at least 1.
    ///   - convert: The conversion: a pure function; when it throws, the delivery has failed and is tried again.
    public init(_ name: String, from version: Int, _ convert: @escaping @Sendable (JSON) throws -> JSON) {
        self.from = WireName(name, version: version)
        self.convert = convert
    }

    /// The version that it converts to.
    public var to: WireName { WireName(self.from.name, version: self.from.version + 1) }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "upcaster of \(self.from)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        guard self.from.name.hasPrefix("\(owner.id).") else {
            return ["the event belongs to another plugin: only that one can say what its old forms mean"]
        }
        let isRead =
            graph.emittable.contains(self.to)
            || graph.contributions(of: Upcaster.self).contains { $0.item.from == self.to }
        return isRead ? [] : ["it leads to \(self.to), which nobody declares and no upcaster takes further"]
    }
}
