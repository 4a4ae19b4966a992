internal import AlmanacKernel
internal import Logging

extension RequestLog {
    /// Writes a line for a stream that has ended, at the level of requests; one was written when it began.
    func ended(_ summary: LiveRecord.Summary, _ operation: String, _ call: Call, nanoseconds: Int64) {
        guard let level = self.level, level >= self.logger.logLevel else { return }
        var metadata: Logger.Metadata = [
            "operation": "\(operation)", "reason": "\(summary.ending.rawValue)",
            "duration": "\(Self.milliseconds(nanoseconds))", "events": "\(summary.events)",
            "bytes": "\(summary.bytes)", "request": "\(call.origin.requestID)", "organization": "\(call.organization)",
        ]
        if let address = call.origin.address { metadata["address"] = "\(address)" }
        if let user = call.principal.user { metadata["user"] = "\(user.id)" }
        self.logger.log(level: level, "stream ended", metadata: metadata)
    }
}
