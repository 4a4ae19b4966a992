import AlmanacKernel
import AlmanacStorage
import Synchronization

/// Answers as a test tells it to, and remembers what it was asked.
final class ScriptedWeb: WebTransport {
    private struct State {
        var answer: Result<WebAnswer, WebFailure> = .success(WebAnswer(status: 404))
        var requests: [WebRequest] = []
        /// What happens between a request and its answer.
        var meanwhile: (@Sendable () async throws -> Void)?
    }

    private let state = Mutex(State())

    var requests: [WebRequest] { self.state.withLock { $0.requests } }

    func send(_ request: WebRequest) async throws -> WebAnswer {
        let meanwhile = self.state.withLock { state in
            state.requests.append(request)
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        let answer = self.state.withLock { $0.answer }
        try await meanwhile?()
        return try answer.get()
    }

    /// What the next request gets after something else has happened.
    func meanwhile(_ body: @escaping @Sendable () async throws -> Void) { self.state.withLock { $0.meanwhile = body } }

    func fail(_ code: WebFailure.Code) {
        self.state.withLock { $0.answer = .failure(WebFailure(code, "it went wrong")) }
    }

    func answer(_ status: Int, _ body: String = "", headers: [(name: String, value: String)] = []) {
        let answer = WebAnswer(status: status, headers: headers, body: Array(body.utf8))
        self.state.withLock { $0.answer = .success(answer) }
    }

    /// A calendar of events, each as its properties.
    func answer(events: [String], headers: [(name: String, value: String)] = []) {
        self.answer(200, Self.calendar(events), headers: headers)
    }

    static func calendar(_ events: [String]) -> String {
        let text = events.map { "BEGIN:VEVENT\r\n\($0.replacing("\n", with: "\r\n"))\r\nEND:VEVENT\r\n" }
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n\(text.joined())END:VCALENDAR\r\n"
    }
}
