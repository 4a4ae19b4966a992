internal import Dispatch
internal import Foundation
public import Logging
internal import Synchronization

/// A file of spans that OpenTelemetry collectors read (`otlpjsonfile`); only its owner may read it.
///
/// Each line is a JSON object with the spans that ended since the line before. Lines are written on a thread of their
/// own. When the disk is slower than the spans come, those that are too many are left out, and the log says how many.
public final class SpanFile: Sendable {
    private struct State {
        var waiting: [FinishedSpan] = []
        var isWriting = false
        var omitted = 0
    }

    private static let limit = 10_000
    /// Spans a line: some 300 bytes each, and readers of lines have limits of their own.
    private static let batch = 500

    private let descriptor: Int32
    private let service: String
    private let version: String
    private let logger: Logger
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "almanac.spans")

    /// Opens a file to be written on; `nil` when that cannot be.
    ///
    /// - Parameters:
    ///   - path: The file; it is made when it is missing.
    ///   - service: What the service is called.
    ///   - version: Which version of it runs.
    ///   - logger: Told of spans that could not be written.
    public init?(path: String, service: String, version: String, logger: Logger) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.service = service
        self.version = version
        self.logger = logger
    }

    deinit { close(self.descriptor) }

    /// Takes a span to be written soon.
    public func append(_ span: FinishedSpan) {
        let mustStart = self.state.withLock { state in
            guard state.waiting.count < Self.limit else {
                state.omitted += 1
                return false
            }
            state.waiting.append(span)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { self.queue.async { self.drain() } }
    }

    /// Waits until everything that was taken is written.
    public func flush() async {
        await withCheckedContinuation { continuation in self.queue.async { continuation.resume() } }
    }

    private func drain() {
        while true {
            let (spans, omitted) = self.state.withLock { state in
                defer {
                    state.waiting = Array(state.waiting.dropFirst(Self.batch))
                    state.omitted = 0
                }
                let batch = Array(state.waiting.prefix(Self.batch))
                state.isWriting = !batch.isEmpty
                return (batch, state.omitted)
            }
            guard !spans.isEmpty else { return }
            let line = FinishedSpan.line(spans, service: self.service, version: self.version)
            let lost = omitted + (self.write(Array("\(line)\n".utf8)) ? 0 : spans.count)
            if lost > 0 { self.logger.warning("spans left out", metadata: ["spans": "\(lost)"]) }
        }
    }

    /// - Returns: Whether all of it was written.
    private func write(_ bytes: [UInt8]) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Foundation.write(self.descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || (count < 0 && errno == EINTR) else { return false }
            written += max(count, 0)
        }
        return true
    }
}
