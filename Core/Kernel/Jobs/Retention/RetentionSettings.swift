internal import AlmanacStorage

/// How long a deployment keeps what plugins have declared to be kept for a time, where its operator wants it otherwise.
public struct RetentionSettings: Sendable, Equatable {
    /// What is chosen for a table.
    public struct Choice: Sendable, Equatable {
        /// Days after which a row is removed, 1 to 36600; what its plugin declares when `nil`.
        public let days: Int?
        /// Days for which removed rows are kept compressed, 0 to 36600; what its plugin declares when `nil`.
        ///
        /// 0 keeps nothing; neither does a plugin that declares no archive.
        public let archiveDays: Int?

        /// Chooses.
        public init(days: Int?, archiveDays: Int?) {
            self.days = days
            self.archiveDays = archiveDays
        }
    }

    /// What is chosen, by the names of tables with their rooms, as `messaging.message`.
    public var tables: [String: Choice] = [:]
    /// Days for which events are kept that all their consumers have handled, 1 to 36600.
    public var eventDays = 30

    /// Leaves everything as plugins declare it.
    public init() {}
}

extension Retention {
    /// The table with its room, as operators know it: `messaging.message`.
    public var name: String { self.table.label }
}

extension Table {
    var label: String { "\(self.namespace.name).\(self.name)" }
}
