import AlmanacKernel
import AlmanacStorage
import Foundation
import Testing

/// The form of calendar entries (RFC 5545).
struct CalendarObjectTests {
    @Test(arguments: 1...200)
    func linesAreFoldedBetweenCharacters(length: Int) throws {
        let value = String(repeating: "ä\u{1F697}", count: length)
        var object = CalendarObject()
        object.text("SUMMARY", value)

        let lines = object.text.components(separatedBy: "\r\n").dropLast()
        #expect(lines.allSatisfy { $0.utf8.count <= 75 })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" ") })
        let unfolded = lines.first.map { $0 + lines.dropFirst().map { $0.dropFirst() }.joined() }
        #expect(unfolded == "SUMMARY:\(value)")
    }

    @Test(arguments: [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"), ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
        ("tab\tbell\u{7}", "tabbell"), ("BEGIN:VEVENT", "BEGIN:VEVENT"),
    ])
    func textIsEscaped(text: String, written: String) {
        #expect(CalendarObject.escaped(text) == written)
    }

    @Test func namesCannotEndTheirParameter() {
        var object = CalendarObject()
        object.person("ORGANIZER", called: "A \"B\";X=1:\r\nATTENDEE", mail: "a@b.example\r\nX:1")
        #expect(object.text == "ORGANIZER;CN=\"A 'B';X=1:ATTENDEE\":mailto:a@b.exampleX:1\r\n")
    }

    @Test(arguments: [
        (Int64(1_772_528_400), "20260303T090000Z"), (0, "19700101T000000Z"), (-1, "19691231T235959Z"),
        (951_782_399, "20000228T235959Z"),
    ])
    func instantsAreInUTC(seconds: Int64, written: String) {
        #expect(CalendarObject.instant(Instant(seconds: seconds)) == written)
    }
}
