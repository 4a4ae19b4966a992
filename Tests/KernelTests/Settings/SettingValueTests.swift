import AlmanacKernel
import AlmanacStorage
import Testing

struct SettingValueTests {
    /// The law of ``SettingValue``: what a value writes, it reads.
    private func roundTrips<Value: SettingValue & Equatable>(_ value: Value) throws -> Bool {
        try Value(setting: value.settingNode) == value
    }

    @Test func everyTypeReadsWhatItWrites() throws {
        #expect(try self.roundTrips("no"))
        #expect(try self.roundTrips(Int.min))
        #expect(try self.roundTrips(-0.25))
        #expect(try self.roundTrips(1e300))
        #expect(try self.roundTrips(true))
        #expect(try self.roundTrips(Rounding.nearest))
        #expect(try self.roundTrips(LocalDate.placeholder))
        #expect(try self.roundTrips(LocalTime.endOfDay))
        #expect(try self.roundTrips(Zone.utc))
        #expect(try self.roundTrips(EmailAddress("office@example.org")))
        #expect(try self.roundTrips(LocalizedText("Lesson")))
        #expect(try self.roundTrips(LocalizedText(["en": "Lesson", "de": "Fahrstunde"])))
        #expect(try self.roundTrips(Money(amount: -4_500, currency: "EUR")))
    }

    @Test(arguments: ["", "+5", "05", "1_000", "0x10", "1.0", "5 ", "٣", "-", "9223372036854775808", "true"])
    func aWholeNumberIsDecimalDigits(text: String) {
        #expect(throws: SettingMismatch.self) { try Int(setting: SettingsNode(.scalar(.init(text)))) }
    }

    @Test(arguments: ["", ".5", "5.", "1e", "inf", "nan", "0x1p3", "1e999", "01.5"])
    func aNumberIsWhatJSONCallsOne(text: String) {
        #expect(throws: SettingMismatch.self) { try Double(setting: SettingsNode(.scalar(.init(text)))) }
    }

    @Test func textIsTakenAsItStands() throws {
        #expect(try String(setting: SettingsNode(.scalar(.init("no")))) == "no")
        #expect(try String(setting: 12) == "12")
    }

    @Test(
        arguments: [
            ["amount": 45.5, "currency": "EUR"], ["amount": 4_500, "currency": "EUX"], ["amount": 4_500], "45 EUR",
            ["amount": 4_500, "currency": "EUR", "cents": 1], ["amount": 4_500, "amount": 3],
        ] as [SettingsNode])
    func moneyIsAnAmountInMinorUnitsWithACurrency(node: SettingsNode) {
        #expect(throws: SettingMismatch.self) { try Money(setting: node) }
    }

    @Test(
        arguments: [
            (["deutsch!": "x"], "\"deutsch!\" is no language tag; use one of BCP 47, as de or pt-BR"),
            (["de": ["x"]], "expected a text for de"), (["de": "x", "de": "y"], "the language de stands twice"),
            ([:], "there is no text; give one in at least one language"),
            (["x"], "expected a text, or texts by language, got a list"),
        ] as [(SettingsNode, String)])
    func aLocalizedTextIsATextOrTextsByLanguage(node: SettingsNode, message: String) {
        let error = #expect(throws: SettingMismatch.self) { try LocalizedText(setting: node) }

        #expect(error?.message == message)
    }

    @Test func anEMailAddressMustBeWellFormed() {
        let error = #expect(throws: SettingMismatch.self) { try EmailAddress(setting: "office@@example.org") }

        #expect(error?.message == #"expected an e-mail address, got "office@@example.org""#)
        #expect(error?.advice == "an e-mail address has exactly one @")
    }

    @Test func aZoneMustExist() {
        let error = #expect(throws: SettingMismatch.self) { try Zone(setting: "Europe/Lindenhof") }

        #expect(error?.message == #"expected a time zone such as Europe/Berlin, got "Europe/Lindenhof""#)
    }

    @Test func aValueFromOutsideIsShownAsItsReference() {
        let error = #expect(throws: SettingMismatch.self) {
            try Int(setting: .reference("hunter2", written: "${env:PORT}"))
        }

        #expect(error?.message == #"expected a whole number, got "${env:PORT}""#)
    }
}
