internal import AlmanacKernel

/// How often something may be done, as an operator writes it: `10/minute`, `60/minute burst 300`, `unlimited`.
struct Rate: SettingValue, Equatable {
    /// The limit; none is `unlimited`.
    let limit: RateLimit?

    init(_ limit: RateLimit?) { self.limit = limit }

    static let unlimited = Self(nil)
    static var placeholder: Self { .unlimited }

    static var settingType: SettingType {
        let units = Self.units.map(\.name).joined(separator: "|")
        return .text(pattern: "^(unlimited|[1-9][0-9]{0,6}/(\(units))( burst [1-9][0-9]{0,6})?)$")
    }

    private static let units: [(name: String, seconds: Int)] = [
        ("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400),
    ]

    private static let expected =
        "how many a second, minute, hour or day, as 10/minute, with what may come at once, as 60/minute burst 300; "
        + "or unlimited"

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.text(expected: Self.expected)
        if text.utf8.elementsEqual("unlimited".utf8) {
            self.limit = nil
            return
        }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        let halves = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, parts.count == 1 || (parts.count == 3 && parts[1].utf8.elementsEqual("burst".utf8)),
            let unit = Self.units.first(where: { $0.name.utf8.elementsEqual(halves[1].utf8) })
        else { throw SettingMismatch(expected: Self.expected, found: node, advice: Self.advice(halves)) }
        let requests = try Self.count(halves[0], in: node)
        let burst = parts.count == 3 ? try Self.count(parts[2], in: node) : requests
        guard let limit = RateLimit(requests: requests, seconds: unit.seconds, burst: burst) else {
            throw SettingMismatch(expected: Self.expected, found: node)
        }
        self.limit = limit
    }

    private static func count(_ text: Substring, in node: SettingsNode) throws(SettingMismatch) -> Int {
        let isNumber = (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, text.utf8.first != UInt8(ascii: "0") || text.utf8.count == 1 else {
            throw SettingMismatch(expected: self.expected, found: node)
        }
        let count = Int(text) ?? .max
        guard count > 0 else {
            throw SettingMismatch(
                "0 would let nobody through", advice: "write a number from 1", at: node.position)
        }
        guard count <= RateLimit.maximumCount else {
            throw SettingMismatch(
                "\(text) is more than \(RateLimit.maximumCount)",
                advice: "write unlimited where nothing is to be counted", at: node.position)
        }
        return count
    }

    private static func advice(_ halves: [Substring]) -> String? {
        let names = Self.units.map(\.name)
        guard halves.count == 2, !names.contains(String(halves[1])) else { return nil }
        return Spelling.advice(for: String(halves[1]), among: names)
    }

    var settingNode: SettingsNode {
        guard let limit = self.limit, let unit = Self.units.first(where: { $0.seconds == limit.seconds }) else {
            return SettingsNode(.scalar(.init("unlimited")))
        }
        let burst = limit.burst == limit.requests ? "" : " burst \(limit.burst)"
        return SettingsNode(.scalar(.init("\(limit.requests)/\(unit.name)\(burst)")))
    }
}
