import AlmanacKernel
import Testing

struct SpellingTests {
    private let known = ["slotMinutes", "rounding", "opens", "up", "timeZone"]

    @Test(arguments: [
        ("slotMinuts", "slotMinutes"), ("soltMinutes", "slotMinutes"), ("slot-minutes", "slotMinutes"),
        ("TIMEZONE", "timeZone"), ("time_zone", "timeZone"), ("open", "opens"), ("opnes", "opens"), ("upp", "up"),
    ])
    func findsWhatWasMeant(written: String, meant: String) {
        #expect(Spelling.nearest(to: written, among: self.known) == meant)
    }

    @Test(arguments: ["colour", "", "down", String(repeating: "slotMinutes", count: 1_000)])
    func suggestsNothingFarFetched(written: String) {
        #expect(Spelling.nearest(to: written, among: self.known) == nil)
    }
}
