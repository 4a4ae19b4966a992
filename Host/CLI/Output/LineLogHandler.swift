internal import AlmanacAssembly
internal import AlmanacStorage
internal import Logging

/// Writes log entries to the standard error, one line each.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: Manifest.Logging.Format
    private let clock: any WallClock

    init(
        label: String, settings: Manifest.Logging, provider: Logger.MetadataProvider? = nil,
        clock: any WallClock = SystemClock()
    ) {
        self.label = label
        self.metadataProvider = provider
        self.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        self.format = settings.format
        self.clock = clock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = self.metadata
        if let provider = self.metadataProvider { fields.merge(provider.get()) { $1 } }
        if let metadata = event.metadata { fields.merge(metadata) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        let line = LogLine(
            time: self.clock.now, level: event.level.rawValue, logger: self.label,
            message: event.message.description,
            fields: fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: "\($0.value)") })
        switch self.format {
        case .text: Terminal.complain(line.text)
        case .json: Terminal.complain(line.json)
        }
    }
}
