internal import AlmanacStorage
internal import Testing

@testable internal import AlmanacKernel

struct TZifReaderTests {
    private static let sound = TZifFile(
        transitions: [(-1_000, 1), (1_000, 2), (2_000, 0)], types: [3_208, 3_600, 7_200], footer: "ABC-1")

    private static func read(_ file: TZifFile) throws -> ZoneData { try TZifReader.read("Test/Zone", file.bytes) }

    @Test(arguments: [nil, "2", "3", "4"] as [Character?])
    func everyVersionIsRead(version: Character?) throws {
        var file = Self.sound
        file.version = version
        let data = try Self.read(file)
        #expect(data.name == "Test/Zone")
        #expect(data.offset(at: -1_001) == 3_208)
        #expect(data.offset(at: -1_000) == 3_600)
        #expect(data.offset(at: 999) == 3_600)
        #expect(data.offset(at: 1_000) == 7_200)
        #expect(data.offset(at: 2_000) == 3_208)
        #expect(data.span(at: 1_500) == ZoneData.Span(lower: 1_000, upper: 2_000, offset: 7_200))
    }

    @Test func timesOf64BitsCount() throws {
        let file = TZifFile(transitions: [(-10_000_000_000, 1), (20_000_000_000, 0)], types: [60, 120], footer: "")
        let data = try Self.read(file)
        #expect(data.offset(at: -10_000_000_001) == 60)
        #expect(data.offset(at: 19_999_999_999) == 120)
        #expect(data.offset(at: 20_000_000_000) == 60)
    }

    @Test func changesBeforeTheYearOneAreForgotten() throws {
        let file = TZifFile(transitions: [(.min, 1), (-(1 << 59), 2), (0, 0)], types: [60, 120, 180], footer: "")
        let data = try Self.read(file)
        #expect(data.offset(at: Instant.distantPast.seconds) == 180)
        #expect(data.offset(at: Instant(microseconds: .min).seconds) == 180)
        #expect(data.offset(at: 0) == 60)
    }

    @Test func theFooterGoesOnAfterTheLastTransition() throws {
        let file = TZifFile(
            version: "3", transitions: [(1_761_440_400, 0)], types: [3_600], footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        let data = try Self.read(file)
        let change = try #require(Instant(rfc3339: "2026-03-29T01:00:00Z")).seconds
        #expect(data.offset(at: change - 1) == 3_600)
        #expect(data.offset(at: change) == 7_200)
        // Before the last transition the rule says nothing.
        #expect(data.offset(at: 1_761_440_399) == 3_600)
    }

    @Test(arguments: [
        ("no offset", TZifFile(types: [], footer: "")),
        ("transition has no offset", TZifFile(transitions: [(0, 1)], types: [0], footer: "")),
        ("out of order", TZifFile(transitions: [(5, 0), (5, 0)], types: [0], footer: "")),
        ("out of order", TZifFile(transitions: [(5, 0), (4, 0)], types: [0], footer: "")),
        ("longer than a day", TZifFile(types: [93_600], footer: "")),
        ("longer than a day", TZifFile(types: [.min], footer: "")),
        ("leap seconds", TZifFile(leapSeconds: [(78_796_800, 1)], footer: "")),
        ("no POSIX TZ string", TZifFile(footer: "CET-1CEST")),
        ("no POSIX TZ string", TZifFile(footer: "\u{0}")),
    ])
    func damageIsNamed(what: String, file: TZifFile) {
        let error = #expect(throws: ZoneError.self) { try Self.read(file) }
        #expect(error?.code == .damagedFile)
        #expect(error?.description.contains(what) == true)
    }

    @Test func aFileThatEndsTooSoonIsAnError() {
        let bytes = Self.sound.bytes
        for count in 0..<bytes.count {
            #expect(throws: ZoneError.self) { try TZifReader.read("Test/Zone", Array(bytes[..<count])) }
        }
    }

    @Test(arguments: [20, 24, 28, 32, 36, 40])
    func aHugeCountIsAnError(position: Int) throws {
        var bytes = Self.sound.bytes
        bytes.replaceSubrange(position..<position + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
        let error = #expect(throws: ZoneError.self) { try TZifReader.read("Test/Zone", bytes) }
        #expect(error?.code == .damagedFile)
    }

    @Test func textIsNoZone() {
        let error = #expect(throws: ZoneError.self) { try TZifReader.read("zone.tab", Array("# tzdb timezone".utf8)) }
        #expect(error?.code == .unknownZone)
    }

    /// Whatever the bytes are, reading them ends with a table that answers or with an error.
    @Test func damagedBytesNeverTrap() {
        let random = SeededRandom(seed: 20)
        var file = Self.sound
        file.footer = "CET-1CEST,M3.5.0,M10.5.0/3"
        let sound = file.bytes
        var answers = 0
        var errors = 0
        for _ in 0..<1_000 {
            var bytes = sound
            for _ in 0...Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                let data = try TZifReader.read("Test/Zone", bytes)
                let seconds = Int64(bitPattern: random.next()) / 1_000_000
                let span = data.span(at: seconds)
                #expect(span.lower <= seconds && seconds < span.upper && data.offset(at: seconds) == span.offset)
                answers += 1
            } catch {
                errors += 1
            }
        }
        #expect(answers > 0)
        #expect(errors > 0)
    }
}
