internal import AlmanacStorage
internal import Testing

private enum Thing {}

struct UUIDv7GeneratorTests {
    private let now = Instant(microseconds: 1_772_359_200_123_456)

    @Test func versionVariantAndTimeAreInTheirPlaces() {
        let id: ID<Thing> = UUIDv7Generator(random: SeededRandom(seed: 1)).makeID(at: self.now)
        #expect(id.high >> 16 == 1_772_359_200_123)
        #expect(id.high >> 12 & 0xF == 7)
        #expect(id.low >> 62 == 0b10)
    }

    @Test func idsOfOneMillisecondAscend() {
        let generator = UUIDv7Generator(random: SeededRandom(seed: 2))
        let ids: [ID<Thing>] = (0..<50_000).map { _ in generator.makeID(at: self.now) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ids.allSatisfy { $0.high >> 12 & 0xF == 7 && $0.low >> 62 == 0b10 })
    }

    @Test func idsAscendWhenTheClockGoesBack() {
        let generator = UUIDv7Generator(random: SeededRandom(seed: 3))
        let first: ID<Thing> = generator.makeID(at: self.now)
        let second: ID<Thing> = generator.makeID(at: self.now.adding(seconds: -3_600))
        let third: ID<Thing> = generator.makeID(at: self.now.adding(microseconds: 1_000))
        #expect(first < second)
        #expect(second < third)
        #expect(second.high >> 16 == first.high >> 16)
    }

    @Test func extremeClocksAreBroughtIntoRange() {
        let generator = UUIDv7Generator(random: SeededRandom(seed: 4))
        let early: ID<Thing> = generator.makeID(at: Instant(microseconds: .min))
        let late: ID<Thing> = generator.makeID(at: Instant(microseconds: .max))
        #expect(early.high >> 16 == 0)
        #expect(late.high >> 16 == 1 << 48 - 1)
        #expect(early < late)
    }

    @Test func idsOfManyTasksDiffer() async {
        let generator = UUIDv7Generator()
        let ids = await withTaskGroup(of: [ID<Thing>].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<2_000).map { _ in generator.makeID(at: self.now) } }
            }
            return await group.reduce(into: Set<ID<Thing>>()) { $0.formUnion($1) }
        }
        #expect(ids.count == 16_000)
    }

    @Test func generatorsOfOneMillisecondDiffer() {
        let first: ID<Thing> = UUIDv7Generator().makeID(at: self.now)
        let second: ID<Thing> = UUIDv7Generator().makeID(at: self.now)
        #expect(first != second)
    }
}
