package import AlmanacKernel
package import AlmanacStorage
internal import Synchronization

/// The keys of a test's platform, which the test may change as an operator would.
package final class TestKeys: KeySource {
    private let list: Mutex<KeyList?>

    /// One key, always the same unless another seed is given.
    package init(seed: UInt64 = 0x5EC3E7) {
        self.list = Mutex(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: seed)))
    }

    package var name: String { "the test" }
    package var makesFirstKey: Bool { true }
    package func read() throws -> KeyList? { self.list.withLock { $0 } }
    package func discard() { self.list.withLock { $0 = nil } }

    package func create(_ list: KeyList) throws -> Bool {
        self.list.withLock { present in
            guard present == nil else { return false }
            present = list
            return true
        }
    }

    /// Puts another list in the place of this one; `nil` is no list.
    package func set(_ list: KeyList?) { self.list.withLock { $0 = list } }

    /// Lets another key take over.
    ///
    /// - Returns: The new list.
    @discardableResult
    package func rotate(seed: UInt64, at now: Instant = TestClock.start) throws -> KeyList {
        try self.list.withLock { list in
            guard let rotated = try list?.rotated(at: now, random: SeededRandom(seed: seed)) else {
                throw TestKitError("there are no keys to rotate")
            }
            list = rotated
            return rotated
        }
    }
}
