import AlmanacStorage
import Testing

/// The checker of histories itself: what it must find, and what it must not.
struct ClaimHistoryTests {
    private static func hour(_ hour: Int64, length: Int64 = 60) -> Range<Instant> {
        let start = Instant(seconds: 1_772_438_400).adding(minutes: hour * 60)
        return start..<start.adding(minutes: length)
    }

    private static func time(_ resources: String..., at hour: Int64 = 1, length: Int64 = 60) -> ClaimHistory.Time {
        ClaimHistory.Time(resources: resources, span: Self.hour(hour, length: length))
    }

    private static func faults(_ operations: (ClaimHistory.Deed, ClosedRange<Int>)...) -> [HistoryFault] {
        ClaimHistory(
            operations: operations.map { deed, window in
                ClaimHistory.Operation(deed: deed, began: window.lowerBound, ended: window.upperBound)
            }
        ).faults()
    }

    private static let refused = ClaimHistory.Deed.refused(needing: [["Ada"]], span: Self.hour(1))

    // MARK: Overlaps

    @Test
    func twoWhoHaveTheSameTimeAreFound() {
        let found = Self.faults((.took("a", Self.time("Ada")), 1...2), (.took("b", Self.time("Ada")), 3...4))
        #expect(found == [.overlap("a", "b", of: "Ada")])
    }

    @Test
    func alsoWhenTheyAskedAtOnce() {
        let found = Self.faults((.took("b", Self.time("Ada")), 1...4), (.took("a", Self.time("Ada")), 2...3))
        #expect(found == [.overlap("a", "b", of: "Ada")])
    }

    @Test
    func partsOfAnHourOverlapToo() {
        let found = Self.faults(
            (.took("a", Self.time("Ada", "Room", at: 1, length: 120)), 1...2),
            (.took("b", Self.time("Ben", "Room", at: 2)), 3...4))
        #expect(found == [.overlap("a", "b", of: "Room")])
    }

    @Test
    func neighborsOthersAndSuccessorsDoNotOverlap() {
        #expect(
            Self.faults(
                (.took("a", Self.time("Ada")), 1...2), (.took("b", Self.time("Ada", at: 2)), 3...4),
                (.took("c", Self.time("Ben")), 5...6), (.freed("a"), 7...9), (.took("d", Self.time("Ada")), 8...10)
            ).isEmpty)
    }

    @Test
    func whoMovesAwayMakesRoom() {
        #expect(
            Self.faults(
                (.took("a", Self.time("Ada")), 1...2), (.moved("a", Self.time("Ada", at: 5)), 3...6),
                (.took("b", Self.time("Ada")), 4...5)
            ).isEmpty)
        let found = Self.faults(
            (.took("a", Self.time("Ada")), 1...2), (.moved("a", Self.time("Ada", at: 5)), 3...4),
            (.took("b", Self.time("Ada", at: 5)), 5...6))
        #expect(found == [.overlap("a", "b", of: "Ada")])
    }

    @Test
    func aHoldLapsesWithTheClockUnlessItIsConfirmed() {
        let until = Instant(seconds: 600)
        let held = (ClaimHistory.Deed.took("h", Self.time("Ada"), until: until), 1...2)
        let late = (ClaimHistory.Deed.took("b", Self.time("Ada")), 7...8)
        #expect(Self.faults(held, (.advanced(to: until), 4...5), late).isEmpty)
        #expect(
            Self.faults(held, (.advanced(to: Instant(seconds: 599)), 4...5), late) == [.overlap("b", "h", of: "Ada")])
        #expect(
            Self.faults(held, (.confirmed("h", as: "c"), 3...4), (.advanced(to: until), 5...6), late)
                == [.overlap("b", "c", of: "Ada")])
    }

    // MARK: Refusals

    @Test
    func aRefusalOfFreeTimeIsFound() {
        #expect(Self.faults((Self.refused, 1...2)) == [.falseRefusal(began: 1)])
        // Somebody had it before, and somebody else had other time.
        #expect(
            Self.faults(
                (.took("a", Self.time("Ada")), 1...2), (.freed("a"), 3...4), (.took("b", Self.time("Ben")), 5...6),
                (.took("c", Self.time("Ada", at: 2)), 7...8), (Self.refused, 9...10)) == [.falseRefusal(began: 9)])
    }

    @Test
    func aRefusalIsJustWhereItMayHaveBeenTaken() {
        // Before, at the same time, while it was given back, while it was blocked.
        #expect(Self.faults((.took("a", Self.time("Ada")), 1...2), (Self.refused, 3...4)).isEmpty)
        #expect(Self.faults((Self.refused, 1...4), (.took("a", Self.time("Ada")), 2...3)).isEmpty)
        #expect(
            Self.faults((.took("a", Self.time("Ada")), 1...2), (.freed("a"), 3...6), (Self.refused, 5...7)).isEmpty)
        #expect(Self.faults((.blocked("x", Self.time("Ada")), 1...2), (Self.refused, 3...4)).isEmpty)
    }

    @Test
    func whoMovesIsNotInTheirOwnWay() {
        let moving = ClaimHistory.Deed.refused(needing: [["Ada"]], span: Self.hour(1), moving: "a")
        #expect(
            Self.faults((.took("a", Self.time("Ada")), 1...2), (moving, 3...4)) == [.falseRefusal(began: 3)])
    }

    @Test
    func ofSeveralWhoWouldDoAllMustHaveBeenTakenAtOneInstant() {
        let either = ClaimHistory.Deed.refused(needing: [["Ada", "Ben"], ["Room"]], span: Self.hour(1))
        let ada = (ClaimHistory.Deed.took("a", Self.time("Ada")), 1...2)
        let ben = (ClaimHistory.Deed.took("b", Self.time("Ben")), 5...6)
        #expect(Self.faults(ada, (either, 7...8)) == [.falseRefusal(began: 7)])
        #expect(Self.faults(ada, ben, (either, 7...8)).isEmpty)
        // Ada was free again before Ben was asked.
        #expect(Self.faults(ada, (.freed("a"), 3...4), ben, (either, 2...8)) == [.falseRefusal(began: 2)])
        #expect(Self.faults((.took("r", Self.time("Room")), 1...2), (either, 3...4)).isEmpty)
    }

    @Test
    func whatWasKeptUnseenExcusesARefusalMeanwhileAndNothingElse() {
        let glimpsed = (ClaimHistory.Deed.glimpsed(Self.time("Ada")), 3...6)
        #expect(Self.faults(glimpsed, (Self.refused, 4...5)).isEmpty)
        #expect(Self.faults(glimpsed, (Self.refused, 1...4)).isEmpty)
        #expect(Self.faults(glimpsed, (Self.refused, 1...2)) == [.falseRefusal(began: 1)])
        #expect(Self.faults(glimpsed, (Self.refused, 7...8)) == [.falseRefusal(began: 7)])
        let other = ClaimHistory.Deed.glimpsed(Self.time("Ada", at: 2))
        #expect(Self.faults((other, 3...6), (Self.refused, 4...5)) == [.falseRefusal(began: 4)])
        // Others had it too, before or after.
        #expect(Self.faults(glimpsed, (.took("a", Self.time("Ada")), 1...2), (.freed("a"), 7...8)).isEmpty)
        #expect(Self.faults(glimpsed, (.blocked("x", Self.time("Ada")), 1...2)).isEmpty)
    }

    @Test
    func whatIsOfferedIsHadFromWhenItIsSeenUntilItIsSettled() {
        // It was offered at some time since the look before, which began at 3.
        let seen = (ClaimHistory.Deed.took("h", Self.time("Ada"), until: Instant(seconds: 600)), 3...8)
        #expect(Self.faults(seen, (Self.refused, 4...5)).isEmpty)
        #expect(Self.faults(seen, (.took("b", Self.time("Ada")), 1...2), (.freed("b"), 4...5)).isEmpty)
        #expect(Self.faults(seen, (.took("b", Self.time("Ada")), 9...10)) == [.overlap("b", "h", of: "Ada")])
        #expect(Self.faults(seen, (.freed("h"), 9...10), (.took("b", Self.time("Ada")), 11...12)).isEmpty)
        #expect(
            Self.faults(seen, (.confirmed("h", as: "c"), 9...10), (.took("b", Self.time("Ada")), 11...12))
                == [.overlap("b", "c", of: "Ada")])
    }

    // MARK: Facts and failures

    @Test
    func whatWasBlockedBeforeIsNotSold() {
        let blocked = (ClaimHistory.Deed.blocked("x", Self.time("Ada")), 1...2)
        #expect(
            Self.faults(blocked, (.took("a", Self.time("Ada")), 3...4)) == [.soldBlockedTime("a")])
        #expect(Self.faults((.took("a", Self.time("Ada")), 1...2), (.blocked("x", Self.time("Ada")), 3...4)).isEmpty)
        #expect(
            Self.faults(
                blocked, (.blocked("x", Self.time("Ada", at: 3)), 3...4), (.took("a", Self.time("Ada")), 5...6)
            ).isEmpty)
        #expect(Self.faults((.failed("503"), 1...2)) == [.failure("503")])
    }

    @Test
    func whatWasHeldBeforeItWasBlockedIsBooked() {
        let held = (ClaimHistory.Deed.took("h", Self.time("Ada"), until: Instant(seconds: 600)), 1...2)
        let blocked = (ClaimHistory.Deed.blocked("x", Self.time("Ada")), 3...4)
        #expect(Self.faults(held, blocked, (.confirmed("h", as: "a"), 5...6)).isEmpty)
        let late = (ClaimHistory.Deed.took("h", Self.time("Ada"), until: Instant(seconds: 600)), 5...6)
        #expect(Self.faults(blocked, late, (.confirmed("h", as: "a"), 7...8)).contains(.soldBlockedTime("a")))
    }

    @Test
    func whoMovesToWhereTheyAreAsksForNothing() {
        let taken = (ClaimHistory.Deed.took("a", Self.time("Ada")), 1...2)
        let blocked = (ClaimHistory.Deed.blocked("x", Self.time("Ada")), 3...4)
        #expect(Self.faults(taken, blocked, (.moved("a", Self.time("Ada")), 5...6)).isEmpty)
        #expect(
            Self.faults(
                taken, (.blocked("x", Self.time("Ada", at: 2)), 3...4), (.moved("a", Self.time("Ada", at: 2)), 5...6))
                == [.soldBlockedTime("a")])
        #expect(
            Self.faults(taken, (.moved("a", Self.time("Ada")), 3...4), (.took("b", Self.time("Ada")), 5...6))
                == [.overlap("a", "b", of: "Ada")])
    }
}
