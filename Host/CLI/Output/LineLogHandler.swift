internal import AlmanacAssembly
internal import AlmanacStorage
internal import Logging

/// Writes log entries to the standard error, one line each.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let label: String
    private let format: Manifest.Logging.Format
    private let clock: any WallClock

    init(label: String, settings: Manifest.Logging, clock: any WallClock = SystemClock()) {
        self.label = label
        self.logLevel = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        self.format = settings.format
        self.clock = clock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = self.metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { fields["error"] = "\(error)" }
        let details = fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let line =
            switch self.format {
            case .text: self.text(event, details)
            case .json: self.json(event, details)
            }
        Terminal.complain(line)
    }

    private func text(_ event: LogEvent, _ details: [(String, String)]) -> String {
        let begin = "\(self.clock.now.rfc3339) \(event.level) \(self.label): \(event.message)"
        let line = details.reduce(begin) { line, detail in "\(line) \(detail.0)=\(detail.1)" }
        // What comes from outside must neither begin a line of its own nor steer the terminal.
        return String(String.UnicodeScalarView(line.unicodeScalars.map { Self.isControl($0) ? " " : $0 }))
    }

    private func json(_ event: LogEvent, _ details: [(String, String)]) -> String {
        let standard: [(String, JSON)] = [
            ("time", .string(self.clock.now.rfc3339)), ("level", .string(event.level.rawValue)),
            ("logger", .string(self.label)), ("message", .string(event.message.description)),
        ]
        let taken = Set(standard.map(\.0))
        let rest = details.map { (taken.contains($0.0) ? "_\($0.0)" : $0.0, JSON.string($0.1)) }
        return JSON.object(JSONObject(standard + rest)).text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
