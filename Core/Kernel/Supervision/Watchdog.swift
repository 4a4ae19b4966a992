internal import CThreadDump
internal import Foundation
internal import Synchronization

/// Notices when a part of the process does not come on any more, which nothing inside of Swift can end.
///
/// Swift cannot take a thread away from code that runs. So a thread of its own, which needs nothing of the rest, counts
/// seconds: it sends heartbeats through the parts that everything goes through, and knows which pieces of background work
/// hold a thread at the moment. When one of them has not come back for so many seconds, it says which, and whoever made
/// the watchdog ends the process.
///
/// Seconds are counted, not read from a clock: a process that was stopped and goes on has missed nothing.
package final class Watchdog: Sendable {
    /// What did not come back.
    package struct Alarm: Sendable, Equatable {
        /// What it is: `heartbeat of the cooperative pool`.
        package let what: String
        /// For how many seconds.
        package let seconds: Int
    }

    /// Something that a heartbeat goes through: it calls back once it is there.
    package typealias Way = @Sendable (_ arrived: @escaping @Sendable () -> Void) -> Void

    private struct Waiting {
        let what: String
        let since: Int
        /// The kernel's id of the thread that it holds; `nil` for what is on its way.
        let thread: Int32?
    }

    private struct State {
        var seconds = 0
        var nextID = 0
        var waiting: [Int: Waiting] = [:]
        var ways: [(what: String, way: Way)] = []
        /// The ways on which a heartbeat is.
        var busy: Set<Int> = []
        var isOver = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Sends heartbeats through something from now on.
    ///
    /// - Parameters:
    ///   - what: What it is, for whoever reads the alarm.
    ///   - way: Sends one; called on the watchdog's thread, so it must not block.
    package func watch(_ what: String, _ way: @escaping Way) {
        self.state.withLock { $0.ways.append((what, way)) }
    }

    /// Something holds the calling thread from now on.
    ///
    /// - Returns: What ``end(_:)`` is told.
    func begin(_ what: String) -> Int { self.begin(what, on: almanac_thread_id()) }

    private func begin(_ what: String, on thread: Int32?) -> Int {
        self.state.withLock { state in
            state.nextID += 1
            state.waiting[state.nextID] = Waiting(what: what, since: state.seconds, thread: thread)
            return state.nextID
        }
    }

    /// It has come on, so that it holds the thread anew from now on.
    func renew(_ id: Int) {
        self.state.withLock { state in
            guard let waiting = state.waiting[id] else { return }
            state.waiting[id] = Waiting(what: waiting.what, since: state.seconds, thread: waiting.thread)
        }
    }

    /// It does not hold it any more.
    func end(_ id: Int) { self.state.withLock { _ = $0.waiting.removeValue(forKey: id) } }

    /// What holds a thread now, and the heartbeats that are on their way.
    package var waitingFor: Set<String> { self.state.withLock { Set($0.waiting.values.map(\.what)) } }

    /// What holds a thread now and the heartbeats that are on their way, a line each, the oldest first:
    /// `background work reviews.tidy: for 60 seconds, on thread 4711`.
    package var report: [String] {
        self.state.withLock { state in
            state.waiting.values.sorted { ($0.since, $0.what) < ($1.since, $1.what) }.map { waiting in
                let thread = waiting.thread.map { ", on thread \($0)" } ?? ""
                return "\(waiting.what): for \(state.seconds - waiting.since) seconds\(thread)"
            }
        }
    }

    /// Counts a second, and sends the heartbeats that are due.
    ///
    /// - Parameter limit: After how many seconds something has not come back.
    /// - Returns: What has not come back for the longest time, if it is too long; said once.
    package func tick(limit: Int) -> Alarm? {
        let (alarm, due) = self.state.withLock { state -> (Alarm?, [(Int, String, Way)]) in
            guard !state.isOver else { return (nil, []) }
            state.seconds += 1
            let oldest = state.waiting.values.min { $0.since < $1.since }
            if let oldest, state.seconds - oldest.since >= limit {
                state.isOver = true
                return (Alarm(what: oldest.what, seconds: state.seconds - oldest.since), [])
            }
            guard state.seconds % max(limit / 6, 1) == 0 else { return (nil, []) }
            let due = state.ways.indices.filter { state.busy.insert($0).inserted }
            return (nil, due.map { ($0, state.ways[$0].what, state.ways[$0].way) })
        }
        for (index, what, way) in due {
            let id = self.begin("the heartbeat of \(what)", on: nil)
            way {
                self.end(id)
                self.state.withLock { _ = $0.busy.remove(index) }
            }
        }
        return alarm
    }

    /// Counts seconds on a thread of its own until something has not come back.
    ///
    /// - Parameters:
    ///   - limit: After how many seconds.
    ///   - alarm: Called once, on that thread: says what it was and ends the process.
    package func start(limit: Int, _ alarm: @escaping @Sendable (Alarm) -> Void) {
        let thread = Thread {
            while true {
                Thread.sleep(forTimeInterval: 1)
                if let found = self.tick(limit: limit) { return alarm(found) }
            }
        }
        thread.name = "watchdog"
        thread.start()
    }
}
