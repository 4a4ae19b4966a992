import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Who hears of what has just happened, and what is lost.
struct SignalsTests {
    private struct Moved: Signal {
        static let name = "test.moved"
        let number: Int
    }

    private struct Closed: Signal {
        static let name = "test.closed"
    }

    private let north = OrganizationID(high: 1, low: 1)
    private let south = OrganizationID(high: 2, low: 2)

    private func read(_ stream: AsyncStream<Moved>, _ count: Int) async -> [Int] {
        var numbers: [Int] = []
        var iterator = stream.makeAsyncIterator()
        while numbers.count < count, let next = await iterator.next() { numbers.append(next.number) }
        return numbers
    }

    @Test
    func everySubscriberHearsEverythingInOrder() async {
        let signals = Signals()
        let streams = (0..<3).map { _ in signals.subscribe(to: Moved.self, in: self.north) }
        for number in 0..<50 { signals.publish(Moved(number: number), in: self.north) }

        for stream in streams { #expect(await self.read(stream, 50) == Array(0..<50)) }
        #expect(signals.counts["test.moved"]?.published == 50)
        #expect(signals.counts["test.moved"]?.delivered == 150)
        #expect(signals.counts["test.moved"]?.dropped == 0)
    }

    @Test
    func whoIsTooSlowLosesTheOldestAndItIsCounted() async {
        let signals = Signals()
        let slow = signals.subscribe(to: Moved.self, in: self.north, buffer: 4)
        let quick = signals.subscribe(to: Moved.self, in: self.north, buffer: 100)
        for number in 0..<10 { signals.publish(Moved(number: number), in: self.north) }

        #expect(await self.read(slow, 4) == [6, 7, 8, 9])
        #expect(await self.read(quick, 10) == Array(0..<10))
        #expect(signals.counts["test.moved"]?.dropped == 6)
    }

    @Test
    func nobodyHearsOfAnotherOrganizationOrTopic() async {
        let signals = Signals()
        let stream = signals.subscribe(to: Moved.self, in: self.south)
        signals.publish(Moved(number: 1), in: self.north)
        signals.publish(Closed(), in: self.south)
        signals.publish(Moved(number: 2), in: self.south)

        #expect(await self.read(stream, 1) == [2])
        #expect(signals.counts["test.moved"]?.delivered == 1)
    }

    @Test
    func aSubscriptionEndsWithItsReader() async {
        let signals = Signals()
        let isReading = TestSignal()
        let reader = Task {
            var heard = 0
            for await _ in signals.subscribe(to: Moved.self, in: self.north) {
                heard += 1
                isReading.send()
            }
            return heard
        }
        // Until the reader has subscribed nobody hears anything.
        while !isReading.hasArrived {
            signals.publish(Moved(number: 0), in: self.north)
            await Task.yield()
        }
        #expect(signals.counts["test.moved"]?.subscribers == 1)
        reader.cancel()
        #expect(await reader.value > 0)
        #expect(signals.counts["test.moved"]?.subscribers == 0)

        let before = signals.counts["test.moved"]?.delivered
        signals.publish(Moved(number: 1), in: self.north)
        #expect(signals.counts["test.moved"]?.delivered == before)
    }

    @Test
    func publishersAtOnceLoseNothingThatFits() async {
        let signals = Signals()
        let stream = signals.subscribe(to: Moved.self, in: self.north, buffer: 4_000)
        await withTaskGroup(of: Void.self) { group in
            for publisher in 0..<8 {
                group.addTask {
                    for number in 0..<500 { signals.publish(Moved(number: publisher * 500 + number), in: self.north) }
                }
            }
        }
        let numbers = await self.read(stream, 4_000)
        #expect(Set(numbers).count == 4_000)
        // Each publisher's own come in its order.
        for publisher in 0..<8 {
            let own = numbers.filter { $0 / 500 == publisher }
            #expect(own == own.sorted())
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRolledBackIsNotTold(_ engine: TestEngine) async throws {
        struct Undone: Error {}
        try await withPlatform(engine) { platform in
            let signals = platform.runtime.signals
            let organization = try platform.organization().id
            let stream = signals.subscribe(to: Moved.self, in: organization)
            for number in 1...2 {
                _ = try? await platform.runtime.database.write(in: .organization(organization)) { tx in
                    tx.afterCommit { signals.publish(Moved(number: number), in: organization) }
                    if number == 1 { throw Undone() }
                }
            }
            #expect(await self.read(stream, 1) == [2])
            #expect(signals.counts["test.moved"]?.published == 1)
        }
    }
}
