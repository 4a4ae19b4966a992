internal import AlmanacTestKit
internal import Foundation
internal import Synchronization

/// Clients that each send one request after the other, for a time.
struct Load: Sendable {
    /// The port on 127.0.0.1.
    let port: Int
    /// How many at once, each on a thread and a connection of its own.
    let clients: Int
    /// How long they are measured.
    let duration: Duration
    /// How long they run before that.
    var warmUp = Duration.seconds(1)
    /// How many requests each client makes at most.
    var limit = Int.max
    /// The status that counts as success.
    let expected: Int
    /// Makes the source of one client's requests; a source ends with `nil`.
    let requests: @Sendable (_ client: Int) -> () -> [UInt8]?
    /// The server's process, when its processor time is to be told.
    var server: Int32?

    /// Runs the load to its end.
    ///
    /// - Throws: ``TestKitError`` when a connection fails.
    func run() async throws -> LoadResult {
        let begin = ContinuousClock.now + self.warmUp
        let collected = Mutex<[Result<ClientResult, any Error>]>([])
        let processorTime = try self.server.map { try Machine.processorTime(of: $0) }
        await withCheckedContinuation { continuation in
            for client in 0..<self.clients {
                Thread {
                    let result = Result { try self.work(client, from: begin) }
                    let count = collected.withLock { collected in
                        collected.append(result)
                        return collected.count
                    }
                    if count == self.clients { continuation.resume() }
                }.start()
            }
        }
        var result = LoadResult(try collected.withLock { try $0.map { try $0.get() } })
        if let server = self.server, let before = processorTime, result.requests > 0 {
            result.processorTime = (try Machine.processorTime(of: server) - before) / Double(result.requests)
        }
        return result
    }

    /// What one client saw.
    struct ClientResult: Sendable {
        var latencies: [Int64] = []
        var refusals: [String: Int] = [:]
        var seconds = 0.0
        /// All requests, the warm-up included.
        var requests = 0
    }

    private func work(_ client: Int, from begin: ContinuousClock.Instant) throws -> ClientResult {
        let connection = try LoadConnection(port: self.port)
        let next = self.requests(client)
        let end = begin + self.duration
        var result = ClientResult()
        var made = 0
        var now = ContinuousClock.now
        while now < end, made < self.limit, let request = next() {
            let start = now
            let answer = try connection.exchange(request)
            now = ContinuousClock.now
            made += 1
            if answer.status != self.expected {
                result.refusals[Self.name(of: answer), default: 0] += 1
            } else if start >= begin {
                result.latencies.append((now - start).nanoseconds)
            }
        }
        result.seconds = (now - begin).inSeconds
        result.requests = made
        return result
    }

    /// Status and code of a problem.
    private static func name(of answer: LoadConnection.Answer) -> String {
        let text = String(decoding: answer.body, as: UTF8.self)
        guard let range = text.range(of: #""code":""#) else { return "\(answer.status)" }
        return "\(answer.status) \(text[range.upperBound...].prefix { $0 != "\"" })"
    }
}

/// What all clients of a load saw.
struct LoadResult: Sendable {
    /// How long successful requests took.
    let latencies: Samples
    /// Successful requests a second.
    let rate: Double
    /// Everything else, by status and code, the warm-up included.
    let refusals: [String: Int]
    /// All requests, the warm-up included.
    let requests: Int
    /// Microseconds of processor time that the server took for a request, as far as it was watched.
    ///
    /// Unlike the rate it hardly depends on what else the machine does.
    var processorTime: Double?

    init(_ clients: [Load.ClientResult]) {
        self.latencies = Samples(nanoseconds: clients.flatMap(\.latencies))
        let seconds = clients.map(\.seconds).max() ?? 0
        self.rate = seconds > 0 ? Double(self.latencies.count) / seconds : 0
        self.refusals = clients.reduce(into: [:]) { $0.merge($1.refusals, uniquingKeysWith: +) }
        self.requests = clients.reduce(0) { $0 + $1.requests }
    }

    /// Says what was refused, and what a request cost.
    var note: String {
        let parts = self.refusals.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }
        let refused = "refused: \(parts.isEmpty ? "none" : parts.joined(separator: ", "))"
        guard let time = self.processorTime else { return refused }
        return refused + "; processor time of the server: \(Format.duration(time)) a request"
    }
}
