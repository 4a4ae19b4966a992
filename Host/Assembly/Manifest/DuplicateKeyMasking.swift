internal import Yams

/// Composes YAML in which keys stand twice.
///
/// Yams stops at the first mapping with a duplicate, but all of them shall be reported, together with everything else.
/// So the first of the two keys gets another first character, the text is parsed again, and whoever reads the tree puts
/// the right key back. The character is one scalar for one scalar, so that no position changes.
struct DuplicateKeyMasking {
    /// A place in the text, each counted from 1.
    struct Place: Hashable {
        let line: Int
        let column: Int
    }

    /// What the keys at these places really are.
    private(set) var maskedKeys: [Place: String] = [:]

    private var scalars: [Unicode.Scalar]
    private static let limit = 200
    /// The first of Unicode's supplementary private use characters.
    private static let firstMask: UInt32 = 0xF0000

    /// Prepares a text.
    init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
    }

    /// The root of the only document, or nothing where there is none.
    ///
    /// - Throws: What Yams cannot read; a duplicate only where it could not be masked.
    mutating func compose() throws(YamlError) -> Node? {
        while true {
            do {
                return try self.parse()
            } catch {
                guard case .duplicatedKeysInMapping(let keys, let context) = error, let key = keys.first,
                    self.mask(key, at: Place(line: context.mark.line, column: context.mark.column))
                else { throw error }
            }
        }
    }

    private func parse() throws(YamlError) -> Node? {
        do {
            // The encoding is stated because Yams would ask the environment for it.
            let text = String(String.UnicodeScalarView(self.scalars))
            return try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw error
        } catch {
            throw .no
        }
    }

    private mutating func mask(_ key: String, at place: Place) -> Bool {
        guard self.maskedKeys[place] == nil, self.maskedKeys.count < Self.limit,
            var index = self.index(of: place),
            let mask = Unicode.Scalar(Self.firstMask + UInt32(self.maskedKeys.count))
        else { return false }
        if self.scalars[index] == "\"" || self.scalars[index] == "'" {
            index += 1
        }
        guard self.scalars.indices.contains(index) else { return false }
        self.scalars[index] = mask
        self.maskedKeys[place] = key
        return true
    }

    /// Where a place is; lines end as libYAML ends them.
    private func index(of place: Place) -> Int? {
        var line = 1
        var start = 0
        while line < place.line {
            guard let end = self.scalars[start...].firstIndex(where: Self.isLineBreak) else { return nil }
            let isPair = self.scalars[end] == "\r" && end + 1 < self.scalars.count && self.scalars[end + 1] == "\n"
            start = end + (isPair ? 2 : 1)
            line += 1
        }
        let index = start + place.column - 1
        return self.scalars.indices.contains(index) ? index : nil
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
