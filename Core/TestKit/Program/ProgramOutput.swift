internal import Foundation
internal import Synchronization

/// What a running program has written to one of its streams so far.
final class ProgramOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        let id: Int
        let find: @Sendable (String) -> String?
        let resume: @Sendable (String?) -> Void
    }

    private let state = Mutex(State())
    private let counter = Mutex(0)

    /// Everything that has come.
    var text: String { String(decoding: self.state.withLock { $0.bytes }, as: UTF8.self) }

    /// Reads a stream on a thread of its own until the program closes it.
    func read(_ handle: FileHandle) {
        Thread {
            // FileHandle's own reading ends this process when a signal interrupts it.
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = Foundation.read(handle.fileDescriptor, &buffer, buffer.count)
                if count > 0 {
                    self.add(Array(buffer[..<count]))
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            self.end()
        }.start()
    }

    /// The first line for which `find` has an answer, as that answer; `nil` when the stream ends or time is up.
    func firstLine(within timeout: Duration, _ find: @escaping @Sendable (String) -> String?) async -> String? {
        let id = self.counter.withLock { counter in
            counter += 1
            return counter
        }
        return await withCheckedContinuation { continuation in
            let waiter = Waiter(id: id, find: find) { continuation.resume(returning: $0) }
            let answer: String?? = self.state.withLock { state in
                if let found = Self.search(state.bytes, find) { return .some(found) }
                if state.hasEnded { return .some(nil) }
                state.waiters.append(waiter)
                return nil
            }
            if let answer {
                waiter.resume(answer)
                return
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + timeout.timeInterval) { self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.resume(nil)
    }

    private func add(_ bytes: [UInt8]) {
        let answers = self.state.withLock { state in
            state.bytes += bytes
            var answers: [(Waiter, String)] = []
            state.waiters.removeAll { waiter in
                guard let found = Self.search(state.bytes, waiter.find) else { return false }
                answers.append((waiter, found))
                return true
            }
            return answers
        }
        for (waiter, found) in answers { waiter.resume(found) }
    }

    private func end() {
        let waiters = self.state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(nil) }
    }

    /// Looks at whole lines only.
    private static func search(_ bytes: [UInt8], _ find: (String) -> String?) -> String? {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        for line in lines { if let found = find(String(decoding: line, as: UTF8.self)) { return found } }
        return nil
    }
}

extension Duration {
    var timeInterval: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
