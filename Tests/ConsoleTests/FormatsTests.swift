import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacSurface
import Testing

struct FormatsTests {
    private func formats(_ language: String) -> Formats {
        let words = Words(PageFiles())
        return Formats(language, zone: .utc, words.all(language, .init()))
    }

    @Test(arguments: [("en", "€1,234.50"), ("de", "1.234,50\u{A0}€"), ("fr", "1\u{A0}234,50\u{A0}€")])
    func moneyIsWrittenAsInTheLanguage(_ language: String, _ text: String) throws {
        #expect(self.formats(language).money(try Money(amount: 123_450, currency: "EUR")) == text)
    }

    @Test func moneyHasAsManyDigitsAsItsCurrency() throws {
        #expect(self.formats("en").money(try Money(amount: 5, currency: "EUR")) == "€0.05")
        #expect(self.formats("en").money(try Money(amount: -1_250, currency: "USD")) == "-$12.50")
        #expect(self.formats("de").money(try Money(amount: 1_500, currency: "JPY")) == "1.500\u{A0}JPY")
    }

    @Test func amountsAreRead() {
        let amounts: [String: Int64] = [
            "45": 4_500, "45.5": 4_550, "45,05": 4_505, ",5": 50, "-3": -300, "1 000": 100_000,
        ]
        for (text, amount) in amounts { #expect(Formats.minor(text, digits: 2) == amount, "\(text)") }
    }

    @Test(arguments: ["", "x", "1.234", "1,2,3", "4 €", ".", "99999999999999999999"])
    func whatIsNoAmountIsNone(_ text: String) {
        #expect(Formats.minor(text, digits: 2) == nil)
    }

    @Test func whatWasNotLongAgoSaysHowLong() throws {
        let now = try #require(Instant(rfc3339: "2026-03-02T08:00:00Z"))
        let words = Words(PageFiles()).all("de", .init())
        func ago(_ minutes: Int64) -> String? {
            self.formats("de").ago(now.adding(minutes: -minutes), from: now, words)
        }
        #expect(
            [ago(0), ago(3), ago(59), ago(60), ago(2_879)] == [
                "gerade eben", "vor 3 Min.", "vor 59 Min.", "vor 1 Std.", "vor 47 Std.",
            ])
        #expect(ago(2_880) == nil)
        #expect(ago(-1) == nil)
    }

    @Test func datesHaveTheirWeekday() throws {
        let date = try #require(LocalDate("2026-11-23"))
        #expect(self.formats("en").date(date) == "Mon 23 Nov 2026")
        #expect(self.formats("de").date(date) == "Mo. 23. Nov. 2026")
        let before = try #require(LocalDate("1969-12-31"))
        #expect(self.formats("en").date(before) == "Wed 31 Dec 1969")
    }
}
