public import AlmanacKernel
internal import AlmanacStorage
public import AlmanacSurface

/// What `GET /health/plugins` answers: how the kernel and each plugin is doing, to whoever knows the token of metrics.
///
/// It tells which plugins there are and why something failed, so it is not for the public; see ``MonitoringToken``. The
/// status is 200 whatever the plugins do: requests are answered, which `/health/ready` tells.
public struct PluginHealthPage: Sendable {
    private let token: MonitoringToken
    private let statuses: @Sendable () -> [PluginStatus]

    /// - Parameters:
    ///   - token: What whoever watches has to know.
    ///   - statuses: How it is going.
    public init(token: Secret, statuses: @escaping @Sendable () -> [PluginStatus]) {
        self.token = MonitoringToken(token)
        self.statuses = statuses
    }

    /// Answers a request.
    public func respond(to request: APIRequest) -> APIResponse {
        if let refusal = self.token.refusal(of: request) { return refusal }
        let statuses = self.statuses()
        let worst = statuses.map(\.state).max() ?? .running
        let page: JSON = [
            "status": .string(worst == .running ? "ok" : "degraded"),
            "plugins": .array(statuses.map(Self.item)),
        ]
        return APIResponse(
            status: 200, headers: [("content-type", "application/json"), ("cache-control", "no-store")],
            body: page.serialized)
    }

    private static func item(_ status: PluginStatus) -> JSON {
        [
            "id": .string(status.plugin.name), "state": .string(status.state.rawValue),
            "since": .string(status.since.rfc3339), "reason": status.reason.map(JSON.string) ?? .null,
            "restarts": .number(JSONNumber(status.restarts)), "lastError": Self.error(status.lastFailure),
            "work": .array(status.work.map(Self.item)),
        ]
    }

    private static func item(_ work: PluginStatus.Work) -> JSON {
        [
            "name": .string(work.name), "state": .string(work.state.rawValue), "since": .string(work.since.rfc3339),
            "restarts": .number(JSONNumber(work.restarts)), "isEssential": .bool(work.isEssential),
            "lastError": Self.error(work.lastFailure),
        ]
    }

    private static func error(_ failure: WorkFailure?) -> JSON {
        guard let failure else { return .null }
        return [
            "code": .string(failure.code), "message": .string(failure.message), "at": .string(failure.at.rfc3339),
        ]
    }
}
