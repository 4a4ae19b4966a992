internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct MoneyTests {
    @Test(arguments: [
        (4_500, "EUR", "45.00 EUR"), (-5, "EUR", "-0.05 EUR"), (0, "EUR", "0.00 EUR"), (1_200, "JPY", "1200 JPY"),
        (1_234, "KWD", "1.234 KWD"), (Int.min, "EUR", "-92233720368547758.08 EUR"),
    ])
    func descriptionsFollowTheMinorUnit(amount: Int, currency: String, text: String) throws {
        #expect(try Money(amount: amount, currency: currency).description == text)
    }

    @Test(arguments: [("EUR", 2), ("CHF", 2), ("JPY", 0), ("ISK", 0), ("BHD", 3), ("XOF", 0), ("HRK", 2)])
    func minorUnitsAreThoseOfISO4217(currency: String, digits: Int) throws {
        #expect(try Money(amount: 1, currency: currency).minorUnitDigits == digits)
    }

    @Test(arguments: ["", "eur", "EU", "EURO", "€", "XXX", "XAU", "EU\u{0}", "ЕUR", "E\u{301}U"])
    func otherCodesAreRefused(currency: String) {
        let error = #expect(throws: MoneyError.self) { try Money(amount: 1, currency: currency) }
        #expect(error?.code == .unknownCurrency)
    }

    @Test func arithmeticIsExact() throws {
        let price = try Money(amount: 4_500, currency: "EUR")
        let discount = try Money(amount: 501, currency: "EUR")
        #expect(try price.adding(discount).amount == 5_001)
        #expect(try price.subtracting(discount).amount == 3_999)
        #expect(try price.multiplied(by: -3) == Money(amount: -13_500, currency: "EUR"))
    }

    @Test func whatDoesNotFitIsAnError() throws {
        let most = try Money(amount: .max, currency: "EUR")
        let least = try Money(amount: .min, currency: "EUR")
        let one = try Money(amount: 1, currency: "EUR")
        #expect(#expect(throws: MoneyError.self) { try most.adding(one) }?.code == .overflow)
        #expect(#expect(throws: MoneyError.self) { try least.subtracting(one) }?.code == .overflow)
        #expect(#expect(throws: MoneyError.self) { try least.multiplied(by: -1) }?.code == .overflow)
    }

    @Test func currenciesDoNotMix() throws {
        let euros = try Money(amount: 1, currency: "EUR")
        let francs = try Money(amount: 1, currency: "CHF")
        #expect(#expect(throws: MoneyError.self) { try euros.adding(francs) }?.code == .currencyMismatch)
        #expect(#expect(throws: MoneyError.self) { try euros.subtracting(francs) }?.code == .currencyMismatch)
        #expect(euros != francs)
    }

    @Test func jsonIsAmountAndCurrency() throws {
        let money = try Money(amount: 4_500, currency: "EUR")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(money)
        #expect(String(decoding: data, as: UTF8.self) == #"{"amount":4500,"currency":"EUR"}"#)
        #expect(try JSONDecoder().decode(Money.self, from: data) == money)
        var writer = JSONWriter()
        writer.value(money)
        #expect(writer.bytes == Array(data))
    }

    @Test(arguments: [
        "{}", #"{"amount":1}"#, #"{"currency":"EUR"}"#, #"{"amount":"1","currency":"EUR"}"#,
        #"{"amount":1.5,"currency":"EUR"}"#, #"{"amount":1,"currency":"eur"}"#, #"{"amount":1,"currency":null}"#,
        #"{"amount":1,"currency":"EUR","digits":2}"#, #"{"amount":9223372036854775808,"currency":"EUR"}"#, "1", "[]",
    ])
    func otherJSONIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Money.self, from: Data(text.utf8)) }
    }
}
