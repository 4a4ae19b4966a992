/// Language tags as BCP 47 spells them (RFC 5646), and how one is found for a reader (RFC 4647).
enum LanguageTag {
    /// "Undetermined": a text in the default language of whoever wrote it.
    static let undetermined = "und"

    /// The tag in its usual case, as `de-CH` or `zh-Hant`; `nil` when it is not shaped like a tag.
    ///
    /// The shape is checked, not the registry: subtags of one to eight letters and digits, of which the first is a
    /// language of two to eight letters, or `x` or `i` before others.
    static func normalized(_ tag: String) -> String? {
        guard tag.utf8.count <= 64 else { return nil }
        var parts: [String] = []
        var isAfterSingleton = false
        for part in tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false) {
            guard 1...8 ~= part.count, part.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) }) else { return nil }
            let text = String(decoding: part, as: UTF8.self).lowercased()
            let isFirst = parts.isEmpty
            if isFirst, !part.allSatisfy(Self.isLetter) { return nil }
            switch part.count {
            case 2 where !isFirst && !isAfterSingleton: parts.append(text.uppercased())
            case 4 where !isFirst && !isAfterSingleton && part.allSatisfy(Self.isLetter):
                parts.append(text.prefix(1).uppercased() + text.dropFirst())
            default: parts.append(text)
            }
            isAfterSingleton = isAfterSingleton || part.count == 1
        }
        let startsWithLetter = parts[0].utf8.count == 1
        if startsWithLetter, parts.count == 1 || !["x", "i"].contains(parts[0]) { return nil }
        return parts.joined(separator: "-")
    }

    /// The first tag that one of the ranges leads to, each cut from its end until it fits (RFC 4647 §3.4, lookup).
    ///
    /// - Parameters:
    ///   - ranges: What the reader prefers, best first, as from `Accept-Language`; `*` and nonsense are passed over.
    ///   - isAvailable: Whether there is a text under a normalized tag.
    /// - Returns: `nil` when none fits.
    static func lookup(_ ranges: [String], _ isAvailable: (String) -> Bool) -> String? {
        for range in ranges {
            guard var candidate = Self.normalized(range) else { continue }
            while true {
                if isAvailable(candidate) { return candidate }
                guard let hyphen = candidate.lastIndex(of: "-") else { break }
                candidate = String(candidate[..<hyphen])
                // A single letter introduces what was just cut off.
                if candidate.utf8.suffix(2).first == UInt8(ascii: "-") { candidate = String(candidate.dropLast(2)) }
            }
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
}
