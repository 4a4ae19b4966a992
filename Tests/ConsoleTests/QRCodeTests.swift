import AlmanacPages
import Testing

/// What readers of QR codes look for; that they can read the whole is tried in a browser.
struct QRCodeTests {
    /// The dark modules, as the path draws them.
    private static func modules(of code: QRCode) -> Set<[Int]> {
        var dark: Set<[Int]> = []
        for run in code.path.split(separator: "M") {
            let numbers = run.split { !$0.isNumber }.compactMap { Int($0) }
            for x in numbers[0]..<(numbers[0] + numbers[2]) { dark.insert([x, numbers[1]]) }
        }
        return dark
    }

    @Test func hasItsFinderPatternsInsideALightMargin() throws {
        let code = try #require(
            QRCode("otpauth://totp/Lindenhof:ada@example.org?secret=MFRGGZDFMZTWQ2LK&issuer=Lindenhof"))
        #expect((code.side - 8 - 17).isMultiple(of: 4))
        let dark = Self.modules(of: code)
        #expect(dark.allSatisfy { $0.allSatisfy { (4..<(code.side - 4)).contains($0) } })
        for (x, y) in [(4, 4), (code.side - 11, 4), (4, code.side - 11)] {
            for row in 0..<7 {
                for column in 0..<7 {
                    let ring = max(abs(row - 3), abs(column - 3))
                    #expect(dark.contains([x + column, y + row]) == (ring != 2))
                }
            }
        }
    }

    @Test func growsWithItsTextUntilNoneIsLargeEnough() throws {
        let sides = try [14, 15, 2_331].map { try #require(QRCode(String(repeating: "a", count: $0))).side }
        #expect(sides == [21 + 8, 25 + 8, 177 + 8])
        #expect(QRCode(String(repeating: "a", count: 2_332)) == nil)
        #expect(QRCode("") == nil)
    }
}
