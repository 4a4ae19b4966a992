/// One of the five parts of a rule: which numbers it may hold, and what they are called.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    /// The names of the numbers from ``firstName`` on, in upper case.
    var names: [String] = []
    var firstName = 0

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let day = CronField(name: "day of the month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12,
        names: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], firstName: 1)
    /// Sunday is 0 and 7.
    static let weekday = CronField(
        name: "day of the week", range: 0...7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])

    static let all = [Self.minute, .hour, .day, .month, .weekday]

    /// The numbers that a text names, as bits.
    ///
    /// - Throws: ``CronError``.
    func bits(_ text: Substring) throws(CronError) -> UInt64 {
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { bits |= try self.part(part) }
        return bits
    }

    /// Whether a text leaves a field open, so that another one decides: it begins with a star.
    static func isOpen(_ text: Substring) -> Bool { text.utf8.first == UInt8(ascii: "*") }

    /// One part of a list: `*`, `5`, `MON`, `1-5`, each with `/n` behind it, except a single number.
    private func part(_ text: Substring) throws(CronError) -> UInt64 {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count <= 2, let span = pieces.first else { throw self.wrong(text, "has more than one /") }
        var step = 1
        if pieces.count == 2 {
            guard let number = Self.number(pieces[1]), 1...self.range.upperBound ~= number else {
                throw self.wrong(text, "needs a step of 1 to \(self.range.upperBound) behind its /")
            }
            step = number
        }
        guard !span.utf8.elementsEqual("*".utf8) else { return Self.bits(self.range, step) }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first, let last = ends.last else {
            throw self.wrong(text, "has more than one -")
        }
        let low = try self.value(first, in: text)
        var high = try self.value(last, in: text)
        if ends.count == 1, pieces.count == 2 {
            throw self.wrong(text, "has a step, but no range: write \(first)-\(self.range.upperBound)/\(step)")
        }
        // A week that ends with Sunday.
        if self.range.upperBound == 7, high == 0, low > 0 { high = 7 }
        guard low <= high else { throw self.wrong(text, "goes backwards: write two ranges, separated by a comma") }
        return Self.bits(low...high, step)
    }

    private func value(_ text: Substring, in part: Substring) throws(CronError) -> Int {
        if let number = Self.number(text) {
            guard self.range.contains(number) else {
                throw self.wrong(part, "must be \(self.range.lowerBound) to \(self.range.upperBound)")
            }
            return number
        }
        let upper = text.utf8.map { 0x61...0x7A ~= $0 ? $0 - 32 : $0 }
        if let index = self.names.firstIndex(where: { $0.utf8.elementsEqual(upper) }) { return index + self.firstName }
        let known = self.names.isEmpty ? "" : " or a name as \(self.names.first ?? "")"
        throw self.wrong(part, "must be a number from \(self.range.lowerBound) to \(self.range.upperBound)\(known)")
    }

    /// One or two digits.
    private static func number(_ text: Substring) -> Int? {
        guard 1...2 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int(text)
    }

    private static func bits(_ range: ClosedRange<Int>, _ step: Int) -> UInt64 {
        stride(from: range.lowerBound, through: range.upperBound, by: step).reduce(0) { $0 | 1 << UInt64($1) }
    }

    private func wrong(_ text: Substring, _ what: String) -> CronError {
        CronError("the \(self.name) \"\(text.prefix(40))\" \(what)")
    }
}
