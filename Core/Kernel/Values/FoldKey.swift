public import AlmanacStorage
internal import Foundation

/// A text as it is looked up and sorted: the same for spellings that people take for the same.
///
/// Stored in a column of its own beside the text, because the engines disagree about case and accents and compare
/// plain bytes alike. White space is trimmed and runs of it become one space, compatibility forms are replaced
/// (NFKC), case is folded and invisible characters are dropped; accents stay. `"  Straße "` and `"STRASSE"` have one
/// key. Folding a key again changes nothing. It follows Unicode's NFKC_Casefold, except that dotless `ı` becomes `i`.
public struct FoldKey: Sendable, Hashable, Comparable {
    /// The folded text, in NFKC.
    public let text: String

    /// The key of a text.
    public init(_ text: String) {
        self.text = text.utf8.allSatisfy { $0 < 0x80 } ? Self.foldASCII(text) : Self.fold(text)
    }

    /// Whether `lhs` sorts before `rhs` by bytes, as in both engines.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.text.utf8.lexicographicallyPrecedes(rhs.text.utf8)
    }

    private static func foldASCII(_ text: String) -> String {
        let words = text.utf8.split { $0 == 0x20 || 0x09...0x0D ~= $0 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for word in words {
            if !bytes.isEmpty { bytes.append(0x20) }
            for byte in word { bytes.append(0x41...0x5A ~= byte ? byte | 0x20 : byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func fold(_ text: String) -> String {
        var key = text
        // Replacing can make letters that fold further, and folding letters that compose: twice is enough for all of
        // Unicode but a few, so go on until nothing changes.
        for _ in 0..<4 {
            let folded = Self.foldOnce(key)
            if folded.utf8.elementsEqual(key.utf8) { break }
            key = folded
        }
        return key
    }

    private static func foldOnce(_ text: String) -> String {
        var folded = String.UnicodeScalarView()
        var isAfterSpace = false
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            if scalar.properties.isWhitespace {
                isAfterSpace = true
            } else if !scalar.properties.isDefaultIgnorableCodePoint {
                if isAfterSpace, !folded.isEmpty { folded.append(" ") }
                isAfterSpace = false
                folded.append(contentsOf: Self.caseFolded(scalar))
            }
        }
        return String(folded).precomposedStringWithCompatibilityMapping
    }

    /// Lower, upper, lower: the detour by upper case unites what case folding unites, as `ß`, `ẞ` and `ss`.
    private static func caseFolded(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        scalar.properties.lowercaseMapping.unicodeScalars
            .flatMap { $0.properties.uppercaseMapping.unicodeScalars }
            .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    }
}

extension FoldKey: CustomStringConvertible {
    /// The same as ``text``.
    public var description: String { self.text }
}

extension FoldKey: ColumnValue {
    /// The folded text.
    public var sqlValue: SQLValue { .text(self.text) }

    /// Reads a column that holds a folded text; it is not folded again.
    public init(column row: inout RowReader) throws {
        self.text = try row.nextText()
    }
}
