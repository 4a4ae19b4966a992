internal import AlmanacKernel
internal import AlmanacStorage
internal import Logging

/// Writes a line for each request, at the level that the deployment chooses.
///
/// It names the operation and never the path, the query, a header or the body: those may hold what is nobody's business.
struct RequestLog: Sendable {
    let logger: Logger
    let level: Logger.Level?

    /// - Parameters:
    ///   - logger: Where the log goes.
    ///   - level: At which level requests are logged; not at all when `nil`.
    init(_ logger: Logger, _ level: Logger.Level?) {
        self.logger = logger
        self.level = level
    }

    func write(
        _ request: APIRequest, _ requestID: String, _ facts: RequestNotes.Facts, _ response: APIResponse,
        nanoseconds: Int64
    ) {
        guard let level = self.level, level >= self.logger.logLevel else { return }
        var metadata: Logger.Metadata = [
            "method": "\(Self.known(request.method) ?? "other")", "operation": "\(facts.operation)",
            "status": "\(response.status)", "duration": "\(Self.milliseconds(nanoseconds))",
            "bytes": "\(response.body.count)", "request": "\(requestID)",
        ]
        if let address = facts.address { metadata["address"] = "\(address)" }
        if let code = facts.code { metadata["code"] = "\(code)" }
        if let call = facts.call { metadata["organization"] = "\(call.organization)" }
        if let user = facts.call?.principal.user { metadata["user"] = "\(user.id)" }
        self.logger.log(level: level, "request", metadata: metadata)
    }

    /// A method that HTTP knows (RFC 9110, RFC 5789); `nil` for anything else, which is a text of the caller's.
    static func known(_ method: String) -> String? {
        switch method {
        case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE": method
        default: nil
        }
    }

    /// Milliseconds with three decimals: `12.345`.
    static func milliseconds(_ nanoseconds: Int64) -> String {
        let microseconds = max(0, nanoseconds) / 1_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
