public import AlmanacStorage

/// How a plugin is doing, or the kernel.
public struct PluginStatus: Sendable, Equatable {
    /// How a piece of its background work is doing.
    public struct Work: Sendable, Equatable {
        /// What it is called within its plugin.
        public let name: String
        /// How it is doing.
        public let state: WorkState
        /// Since when.
        public let since: Instant
        /// How often it was begun again since the process began.
        public let restarts: Int
        /// Why it failed last, also when it has been mended since; `nil` when it never has.
        public let lastFailure: WorkFailure?
        /// Whether the process ends when it fails for good.
        public let isEssential: Bool
    }

    /// The plugin, or the kernel.
    public let plugin: PluginID
    /// How it is doing: as the worst of its work, unless it is put aside.
    public let state: WorkState
    /// Since when.
    public let since: Instant
    /// Why it was put aside, if it was.
    public let reason: String?
    /// Its work, by name.
    public let work: [Work]

    /// How often its work was begun again since the process began.
    public var restarts: Int { self.work.reduce(0) { $0 + $1.restarts } }

    /// The youngest of its work's failures.
    public var lastFailure: WorkFailure? { self.work.compactMap(\.lastFailure).max { $0.at < $1.at } }
}
