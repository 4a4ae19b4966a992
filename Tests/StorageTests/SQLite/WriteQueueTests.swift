import Testing

@testable import AlmanacStorage

/// Who belongs to a commit when requests and background work wait for it.
struct WriteQueueTests {
    private func queue(requests: Int, background: Int) -> WriteQueue<String> {
        var queue = WriteQueue<String>()
        // The background came first, and is not first for that.
        for number in 0..<background { queue.append("b\(number)", .background) }
        for number in 0..<requests { queue.append("r\(number)", .request) }
        return queue
    }

    @Test func requestsGoFirstAndTakeAFewOfTheOthersAlong() {
        var queue = self.queue(requests: 80, background: 100)
        #expect(queue.next() == (0..<80).map { "r\($0)" } + ["b0", "b1"])
        // Sixteen of those before count towards the next one.
        for number in 0..<16 { queue.append("s\(number)", .request) }
        #expect(queue.next() == (0..<16).map { "s\($0)" } + ["b2"])
        #expect(queue.count == 97)
    }

    @Test func nothingStarvesHoweverFewRequestsKeepComing() {
        var queue = self.queue(requests: 0, background: 2)
        let groups = (1...16).map { number in
            queue.append("r\(number)", .request)
            return queue.next()
        }
        #expect(groups[7] == ["r8", "b0"])
        #expect(groups[15] == ["r16", "b1"])
        #expect(groups.joined().count == 18)
        #expect(queue.isEmpty)
    }

    @Test func whereNoRequestCameLatelyTheBackgroundHasTheWriter() {
        var queue = self.queue(requests: 0, background: 300)
        #expect(queue.next().count == WriteQueue<String>.groupLimit)
        #expect(queue.next().count == 300 - WriteQueue<String>.groupLimit)
        #expect(queue.next().isEmpty)
    }

    @Test func afterARequestThePortionsAreSmallForAWhile() {
        var queue = self.queue(requests: 1, background: 1_000)
        #expect(queue.next() == ["r0"])
        for _ in 0..<WriteQueue<String>.courtesy { #expect(queue.next().count == WriteQueue<String>.portion) }
        #expect(queue.next().count == WriteQueue<String>.groupLimit)
    }

    @Test func aGroupIsBounded() {
        var queue = self.queue(requests: 1_000, background: 0)
        #expect(queue.next().count == WriteQueue<String>.groupLimit)
        #expect(queue.next().first == "r\(WriteQueue<String>.groupLimit)")
    }
}
