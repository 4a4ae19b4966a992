/// Lets a limited number of tests have a database at once; the others wait in the order of their coming.
///
/// Swift Testing starts all tests together, and a server has room for so many connections only.
actor Gate {
    static let sqlite = Gate(limit: 16)
    static let postgres = Gate(limit: 12)
    /// Statements on the server as a whole, one at a time.
    static let administration = Gate(limit: 1)
    /// Each test inside runs processes of its own, beside those of the test runner.
    static let programs = Gate(limit: 4)
    /// Each test inside runs a service of somebody else's; who passes this one and the last passes this one first.
    static let counterparts = Gate(limit: 4)

    /// The gates that this task has passed: a test that opens two databases must not wait for itself.
    @TaskLocal private static var passed: Set<ObjectIdentifier> = []

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(limit: Int) {
        self.free = limit
    }

    /// Runs `body` as soon as there is room.
    nonisolated func pass<T>(_ body: () async throws -> T) async throws -> T {
        let id = ObjectIdentifier(self)
        guard !Self.passed.contains(id) else { return try await body() }
        await self.enter()
        do {
            let value = try await Self.$passed.withValue(Self.passed.union([id])) { try await body() }
            await self.leave()
            return value
        } catch {
            await self.leave()
            throw error
        }
    }

    private func enter() async {
        guard self.free == 0 else {
            self.free -= 1
            return
        }
        await withCheckedContinuation { self.waiting.append($0) }
    }

    private func leave() {
        guard !self.waiting.isEmpty else {
            self.free += 1
            return
        }
        self.waiting.removeFirst().resume()
    }
}
