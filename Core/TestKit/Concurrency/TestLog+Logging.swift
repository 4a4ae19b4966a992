package import Logging

extension TestLog {
    /// A logger whose entries of every level are noted: `level message: name=value, …`, by names.
    package var logger: Logger { Logger(label: "almanac.test") { _ in NotingLogHandler(log: self) } }
}

private struct NotingLogHandler: LogHandler {
    let log: TestLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        self.log.note("\(event.level) \(event.message): \(fields.joined(separator: ", "))")
    }
}
