internal import AlmanacStorage

/// Knows the passwords that are tried first: common ones, those made of common ones, and those made of what everybody
/// knows about an account (NIST SP 800-63B-4 §3.1.1.2, "blocklist").
///
/// The list is compared with the whole password; a common word inside a longer one is no reason to refuse it. Of fifteen
/// characters or more few passwords are in any list, but many are made of one by rule, so that the rules stand in for
/// the lists that attackers make by them:
/// - a walk along a row of the keyboard, the alphabet or the digits: `qwertyuiopasdfgh`;
/// - something short or common, repeated: `passwordpassword`, `abcabcabcabcabc`;
/// - a common password with another one, or with digits and signs: `sunshineprincess`, `liverpool2012!!`;
/// - a word of the context with digits, signs or a common password: `Lindenhof 2026!!!`.
struct PasswordBlocklist: Sendable {
    /// Why a password is refused.
    enum Reason: Equatable {
        case common
        case context
    }

    /// Folded, longest first; none is shorter than ``shortestWord``.
    private let words: [[UInt8]]

    /// Words that are shorter stand in too many good passwords by chance.
    private static let shortestWord = 4
    /// A date in digits; more of them are worth something.
    private static let longestFilling = 8

    /// Makes a list with the words of a context.
    init(_ context: PasswordContext) {
        let words = Set(context.words.map { Array(FoldKey($0).text.utf8) }.filter { $0.count >= Self.shortestWord })
        self.words = words.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count }
    }

    /// Why a password is refused; `nil` when it is not.
    func reason(toRefuse password: String) -> Reason? {
        let text = ArraySlice(FoldKey(password).text.utf8)
        if Self.isMadeOfTrivial(text) { return .common }
        return self.isContextual(text) ? .context : nil
    }

    /// Whether a text is common, a walk, or something short or common again and again.
    private static func isTrivial(_ text: ArraySlice<UInt8>) -> Bool {
        if CommonPasswords.contains(text) || KeyboardWalk.covers(text) { return true }
        guard let unit = Self.repeatedUnit(of: text) else { return false }
        let trimmed = Self.trimmed(unit)
        return trimmed.count <= Self.shortestWord || CommonPasswords.contains(trimmed) || KeyboardWalk.covers(trimmed)
    }

    /// Whether a text is made of one or two trivial ones, and perhaps a few digits and signs around or behind them.
    private static func isMadeOfTrivial(_ text: ArraySlice<UInt8>) -> Bool {
        let core = Self.trimmed(Self.withoutFilling(text))
        return [text, core].contains { text in
            // Two entries of the list are not longer; everything else is one part.
            guard text.count <= 2 * CommonPasswords.longest + 1 else { return Self.isTrivial(text) }
            return Self.isTrivial(text)
                || text.indices.dropFirst(Self.shortestWord).contains { index in
                    let second = Self.trimmed(text[index...])
                    return Self.isTrivial(Self.trimmed(text[..<index]))
                        && (Self.isFilling(second) || Self.isTrivial(second))
                }
        }
    }

    /// Whether a text is made of words of the context and little else.
    private func isContextual(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = Array(text)
        for word in self.words { rest = Self.removing(word, from: rest) }
        guard rest.count < text.count else { return false }
        let other = Self.trimmed(rest[...])
        return Self.isFilling(other) || Self.isTrivial(other)
    }

    /// Whether a text is nothing but a few digits and signs: a year, a date, an exclamation mark.
    private static func isFilling(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= Self.longestFilling && text.allSatisfy { $0 < 0x80 && !(0x61...0x7A).contains($0) }
    }

    /// A text without the digits and signs at its ends, if they are few.
    private static func withoutFilling(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = text.drop { Self.isFilling([$0]) }
        guard let last = rest.lastIndex(where: { !Self.isFilling([$0]) }) else { return text }
        let core = rest[...last]
        return text.count - core.count <= Self.longestFilling ? core : text
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while text.first == 0x20 { text.removeFirst() }
        while text.last == 0x20 { text.removeLast() }
        return text
    }

    /// The shortest beginning that, repeated, gives the whole text, of which the last repetition may be cut short.
    ///
    /// By the failure function of Knuth, Morris and Pratt, so that it takes linear time.
    private static func repeatedUnit(of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let bytes = Array(text)
        guard bytes.count >= 2 else { return nil }
        var borders = [Int](repeating: 0, count: bytes.count)
        for index in 1..<bytes.count {
            var length = borders[index - 1]
            while length > 0, bytes[index] != bytes[length] { length = borders[length - 1] }
            borders[index] = bytes[index] == bytes[length] ? length + 1 : 0
        }
        let period = bytes.count - borders[bytes.count - 1]
        return period * 2 <= bytes.count ? bytes[..<period] : nil
    }

    private static func removing(_ word: [UInt8], from text: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index...].starts(with: word) {
                index += word.count
            } else {
                rest.append(text[index])
                index += 1
            }
        }
        return rest
    }
}
