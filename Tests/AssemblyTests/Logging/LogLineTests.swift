import AlmanacAssembly
import AlmanacStorage
import Testing

/// Lines of the log whose values were sent by somebody who means ill.
struct LogLineTests {
    private static func line(_ value: String, name: String = "agent", message: String = "request") -> LogLine {
        LogLine(
            time: Instant(seconds: 0), level: "info", logger: "almanac", message: message,
            fields: [(name: name, value: value), (name: "status", value: "200")])
    }

    @Test func plainValuesStandAsTheyAre() {
        #expect(
            Self.line("curl/8.0_ü").text == "1970-01-01T00:00:00Z info almanac: request agent=curl/8.0_ü status=200")
    }

    @Test(
        "v5.0.0-16.4.1 no value can begin a line or a field of its own",
        arguments: [
            "x\n1970-01-01T00:00:00Z info almanac: request status=500", "x\r\nfaked", "x status=500", "a\u{2028}b",
            "a\u{85}b", "\u{1B}[31mred\u{1B}[0m", "\u{202E}desrever", "\u{2066}isolated\u{2069}", "a\u{7F}b",
            "tag\u{E0041}",
            "\"", "back\\slash", "", "\u{FEFF}bom", "e=mc2",
        ])
    func noValueEscapes(_ value: String) throws {
        let line = Self.line(value)

        for form in [line.text, line.json] {
            let isClean = form.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20
                    && ![.control, .format, .lineSeparator, .paragraphSeparator]
                        .contains(scalar.properties.generalCategory)
            }
            #expect(isClean, "\(form)")
        }
        // Programs read the value back unchanged.
        let document = try JSON(parsing: Array(line.json.utf8))
        #expect(document["agent"]?.string.map { Array($0.utf8) } == Array(value.utf8))
        // People see one field and not two: outside quotes there is one `status=`.
        var isQuoted = false
        var outside = ""
        var escaped = false
        for character in line.text {
            switch character {
            case _ where escaped: escaped = false
            case "\\" where isQuoted: escaped = true
            case "\"": isQuoted.toggle()
            default: if !isQuoted { outside.append(character) }
            }
        }
        #expect(!isQuoted)
        #expect(outside.split(separator: " ").count { $0.hasPrefix("status=") } == 1, "\(line.text)")
    }

    @Test func fieldsCannotTakeThePlaceOfTheEntrysOwn() throws {
        let document = try JSON(parsing: Array(Self.line("forged", name: "level").json.utf8))
        #expect(document["level"]?.string == "info")
        #expect(document["_level"]?.string == "forged")
    }
}
