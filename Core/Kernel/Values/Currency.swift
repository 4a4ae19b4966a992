/// The currencies of ISO 4217 with the digits of their minor unit.
///
/// Codes that were withdrawn since stay: amounts of old must remain readable. Funds, metals and test codes are no
/// currencies that anybody is paid in and are left out.
enum Currency {
    /// How many decimal digits the minor unit of a currency has, or `nil` when there is no such currency.
    static func minorUnitDigits(of code: String) -> Int? {
        guard code.utf8.count == 3 else { return nil }
        return Self.digits[code]
    }

    private static let digits: [String: Int] = {
        var digits: [String: Int] = [:]
        for (count, codes) in [(0, Self.withoutMinorUnit), (2, Self.ordinary), (3, Self.withThreeDigits)] {
            for code in codes.split(separator: " ") { digits[String(code)] = count }
        }
        return digits
    }()

    private static let withoutMinorUnit = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"

    private static let withThreeDigits = "BHD IQD JOD KWD LYD OMR TND"

    private static let ordinary = """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
        COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR \
        ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN \
        MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL \
        SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW \
        ZWG ZWL
        """
}
