package import AlmanacStorage
package import Metrics
internal import Synchronization

/// An engine that counts what goes through it: how many transactions, how long they waited and took, how they ended.
///
/// It stands in front of the real engine and changes nothing. Rehearsals of tests and attempts of the engine itself
/// count as runs of one transaction.
package struct MeasuredEngine: DatabaseEngine {
    private let engine: any DatabaseEngine
    private let time: MonotonicTime
    private let reads: Meters
    private let writes: Meters
    private let errors: ErrorCounters

    /// - Parameters:
    ///   - engine: What does the work.
    ///   - factory: Makes the metrics.
    ///   - time: How long something took.
    package init(_ engine: any DatabaseEngine, _ factory: any MetricsFactory, time: MonotonicTime = .system) {
        self.engine = engine
        self.time = time
        self.reads = Meters("read", factory)
        self.writes = Meters("write", factory)
        self.errors = ErrorCounters(factory)
    }

    package var name: String { self.engine.name }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let run = Run(self.time)
        return try await self.measured(self.writes, run) {
            try await self.engine.write(request) { tx in
                run.begin()
                return try body(tx)
            }
        }
    }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        let run = Run(self.time)
        return try await self.measured(self.reads, run) {
            try await self.engine.read(request) { tx in
                run.begin()
                return try body(tx)
            }
        }
    }

    package func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T { try await self.engine.maintain(body) }

    package func close() async { await self.engine.close() }

    private func measured<T>(_ meters: Meters, _ run: Run, _ body: () async throws -> T) async throws -> T {
        do {
            let value = try await body()
            meters.end(run, meters.done)
            return value
        } catch {
            if let code = error.storageError?.code {
                self.errors.count(code)
                meters.end(run, meters.failed)
            } else {
                meters.end(run, meters.refused)
            }
            throw error
        }
    }
}

extension MeasuredEngine {
    /// One transaction with all its attempts.
    private final class Run: Sendable {
        let time: MonotonicTime
        let askedAt: Int64
        /// When the first attempt began; 0 before.
        let begunAt = Atomic<Int64>(0)
        let attempts = Atomic<Int>(0)

        init(_ time: MonotonicTime) {
            self.time = time
            self.askedAt = time.nanoseconds
        }

        /// Notes the beginning of an attempt; one follows the other.
        func begin() {
            if self.attempts.add(1, ordering: .relaxed).oldValue == 0 {
                self.begunAt.store(self.time.nanoseconds, ordering: .relaxed)
            }
        }
    }

    /// What is measured of one kind of transactions.
    private struct Meters: Sendable {
        let done: Counter
        let refused: Counter
        let failed: Counter
        let duration: Timer
        let wait: Timer
        let retries: Counter

        init(_ kind: String, _ factory: any MetricsFactory) {
            func transactions(_ outcome: String) -> Counter {
                Counter(
                    label: KernelMetrics.transactions.name, dimensions: [("kind", kind), ("outcome", outcome)],
                    factory: factory)
            }
            let dimensions = [("kind", kind)]
            self.done = transactions("done")
            self.refused = transactions("refused")
            self.failed = transactions("failed")
            self.duration = Timer(
                label: KernelMetrics.transactionDuration.name, dimensions: dimensions, factory: factory)
            self.wait = Timer(label: KernelMetrics.transactionWait.name, dimensions: dimensions, factory: factory)
            self.retries = Counter(
                label: KernelMetrics.transactionRetries.name, dimensions: dimensions, factory: factory)
        }

        func end(_ run: Run, _ outcome: Counter) {
            let now = run.time.nanoseconds
            outcome.increment()
            self.duration.recordNanoseconds(now - run.askedAt)
            let attempts = run.attempts.load(ordering: .relaxed)
            // A transaction that was never begun has waited all the time.
            let begun = attempts == 0 ? now : run.begunAt.load(ordering: .relaxed)
            self.wait.recordNanoseconds(begun - run.askedAt)
            if attempts > 1 { self.retries.increment(by: attempts - 1) }
        }
    }

    /// A counter for each code that occurs; there are about twenty.
    private final class ErrorCounters: Sendable {
        private let factory: any MetricsFactory
        private let counters = Mutex<[StorageError.Code: Counter]>([:])

        init(_ factory: any MetricsFactory) { self.factory = factory }

        func count(_ code: StorageError.Code) {
            let counter = self.counters.withLock { counters in
                if let known = counters[code] { return known }
                let counter = Counter(
                    label: KernelMetrics.databaseErrors.name, dimensions: [("code", "\(code)")], factory: self.factory)
                counters[code] = counter
                return counter
            }
            counter.increment()
        }
    }
}
