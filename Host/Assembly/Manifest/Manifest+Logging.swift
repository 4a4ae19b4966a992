public import AlmanacKernel

extension Manifest {
    /// What is logged and how.
    public struct Logging: Sendable, Equatable {
        /// From which level on; the names are those of swift-log's `Logger.Level`.
        public enum Level: String, CaseIterable, Sendable, SettingValue {
            // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
            case trace, debug, info, notice, warning, error, critical
        }

        /// What an entry looks like.
        public enum Format: String, CaseIterable, Sendable, SettingValue {
            /// A line for people.
            case text
            /// A JSON object a line, for programs.
            case json
        }

        /// The lowest level that is logged.
        public let level: Level
        /// What an entry looks like.
        public let format: Format
        /// At which level each request is logged.
        public let requests: Level
    }
}

extension Manifest.Logging: PluginSettings {
    /// Reads the section `logging`.
    public init(from read: inout SettingsReader) throws {
        self.level = read("level", "Lowest level that is logged", default: .info)
        self.format = read("format", "What an entry looks like", default: .text)
        self.requests = read(
            "requests", "Level at which each request is logged; seen if it is not below level", default: .debug)
    }
}
