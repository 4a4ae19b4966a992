import Testing

@testable import AlmanacStorage

/// When requests leave the writer time for the background.
struct RequestShareTests {
    private let begin = ContinuousClock.now

    private func instant(_ milliseconds: Double) -> ContinuousClock.Instant {
        self.begin.advanced(by: .milliseconds(1) * milliseconds)
    }

    /// Groups of so many milliseconds, with a pause after each, for a tenth of a second.
    private func share(groups: Double, pauses: Double, isOfRequests: Bool = true) -> (RequestShare, end: Double) {
        var share = RequestShare()
        var now = 0.0
        while now < 100 {
            share.note(from: self.instant(now), to: self.instant(now + groups), isOfRequests: isOfRequests)
            now += groups + pauses
        }
        return (share, now - pauses)
    }

    @Test func whereNothingHasBeenWrittenNobodyWaits() {
        #expect(RequestShare().wait(at: self.begin) == nil)
    }

    @Test func aPauseBetweenTwoGroupsOfManyIsNotTakenForIdleness() throws {
        let (share, end) = self.share(groups: 2, pauses: 1)
        for pause in [0.0, 1, 2] {
            let wait = try #require(share.wait(at: self.instant(end + pause)))
            // From two thirds of the time to one third: the natural logarithm of 2 and a little, ten milliseconds each.
            #expect(wait > .milliseconds(4) - .milliseconds(1) * pause)
            #expect(wait < .milliseconds(9))
        }
    }

    @Test func afterTheWaitNobodyWaitsAnyMore() throws {
        let (share, end) = self.share(groups: 2, pauses: 0)
        let wait = try #require(share.wait(at: self.instant(end)))
        // The natural logarithm of 3 is 1.0986.
        #expect(wait > .microseconds(10_980) && wait < .microseconds(10_990))
        #expect(share.wait(at: self.instant(end).advanced(by: wait)) == nil)
    }

    @Test func requestsNowAndThenLeaveTime() {
        let (share, end) = self.share(groups: 1, pauses: 5)
        #expect(share.wait(at: self.instant(end)) == nil)
    }

    @Test func whatTheBackgroundTakesDoesNotCount() {
        let (share, end) = self.share(groups: 2, pauses: 0, isOfRequests: false)
        #expect(share.wait(at: self.instant(end)) == nil)
    }

    @Test func aClockThatStoodStillIsNoTrap() {
        var share = RequestShare()
        share.note(from: self.begin, to: self.begin, isOfRequests: true)
        share.note(from: self.instant(-3), to: self.instant(-1), isOfRequests: true)
        #expect(share.wait(at: self.begin) == nil)
    }
}
