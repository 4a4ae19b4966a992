internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

struct FoldKeyTests {
    @Test(arguments: [
        ("", ""), ("  Anna\t Maria \r\n Meier ", "anna maria meier"), ("STRASSE", "strasse"), ("Straße", "strasse"),
        ("STRAẞE", "strasse"), ("MÜLLER", "müller"), ("Mu\u{308}ller", "müller"), ("ΟΔΥΣΣΕΎΣ", "οδυσσεύσ"),
        ("Ὀδυσσεύς", "ὀδυσσεύσ"), ("ﬁsch", "fisch"), ("Ｗｉｄｅ", "wide"), ("\u{212A}elvin", "kelvin"),
        ("\u{FEFF}a\u{200B}b\u{AD}c", "abc"), ("a\u{A0}\u{3000}b", "a b"), ("ſ", "s"), ("ДЖОН", "джон"), ("①", "1"),
        ("İ", "i\u{307}"), ("\u{1F80}", "ἀι"), ("\u{0}a", "\u{0}a"), ("日本", "日本"),
    ])
    func spellingsFold(text: String, key: String) {
        #expect(Array(FoldKey(text).text.utf8) == Array(key.utf8))
    }

    @Test func foldingAgainChangesNothing() {
        let random = SeededRandom(seed: 6)
        for _ in 0..<2_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<6 {
                let limit: UInt64 = random.next() % 2 == 0 ? 0x600 : 0x2_FFFF
                if let scalar = Unicode.Scalar(UInt32(random.next() % limit)) { text.append(scalar) }
            }
            let key = FoldKey(String(text)).text
            #expect(Array(FoldKey(key).text.utf8) == Array(key.utf8))
        }
    }

    @Test func everyLetterFoldsToOneKeyInEitherCase() {
        var apart: [Unicode.Scalar] = []
        for value in UInt32(0)...0x1_FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.isCased else { continue }
            let key = FoldKey(String(scalar)).text
            let isSame = [scalar.properties.uppercaseMapping, scalar.properties.lowercaseMapping].allSatisfy {
                FoldKey($0).text == key
            }
            if !isSame { apart.append(scalar) }
        }
        #expect(apart == [])
    }

    @Test func orderIsThatOfTheBytes() {
        let keys = ["ä", "z", "a", "Zebra", "Äpfel", "\u{10000}", "\u{FFFD}"].map { FoldKey($0) }.sorted()
        #expect(keys.map(\.text) == ["a", "z", "zebra", "ä", "äpfel", "\u{FFFD}", "\u{10000}"])
    }

    @Test func aColumnHoldsTheKey() {
        #expect(FoldKey(" Anna ").sqlValue == .text("anna"))
    }
}
