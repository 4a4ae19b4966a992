/// How background work is doing, the best first.
public enum WorkState: String, Sendable, CaseIterable, Comparable {
    /// It does what it should, or waits for its time.
    case running
    /// It failed and is begun again after a pause.
    case retrying
    /// It failed too often and is not begun again before the process is.
    case failed
    /// It was put aside: what is meant for it waits.
    case quarantined

    /// The number that metrics show.
    var rank: Int {
        switch self {
        case .running: 0
        case .retrying: 1
        case .failed: 2
        case .quarantined: 3
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: WorkState, b: WorkState) -> Bool { a.rank < b.rank }
}

/// What a piece of background work is called: the plugin it belongs to, and a name within that plugin.
package struct WorkName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The plugin, or the kernel.
    package let owner: PluginID
    /// The name within it, one of few: `audit`, `reminders`.
    package let name: String

    package init(_ name: String, of owner: PluginID = .kernel) {
        self.owner = owner
        self.name = name
    }

    package var description: String { "\(self.owner).\(self.name)" }

    package static func < (a: WorkName, b: WorkName) -> Bool { (a.owner, a.name) < (b.owner, b.name) }
}
