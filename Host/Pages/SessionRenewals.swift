internal import AlmanacStorage
internal import Synchronization

/// Lets one request of many renew a session: a refresh token works once, and browsers send several requests at a time.
///
/// The renewal belongs to none of them: whoever asked first may go away, and the others still need its answer. It is one
/// call of the API, which ends by itself.
package final class SessionRenewals: Sendable {
    private let running = Mutex<[String: Task<PageClient.Answer, Never>]>([:])

    package init() {}

    /// Exchanges a refresh token, or waits for whoever is at it.
    package func renew(_ token: String, _ client: PageClient) async -> PageClient.Answer {
        let task = self.running.withLock { running in
            if let task = running[token] { return task }
            let task = Task {
                await client.send("POST", "/api/v1/auth/refresh", json: ["refreshToken": .string(token)])
            }
            running[token] = task
            return task
        }
        let answer = await task.value
        _ = self.running.withLock { $0.removeValue(forKey: token) }
        return answer
    }
}
