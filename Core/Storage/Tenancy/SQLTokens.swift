/// The words and signs of a statement, as far as finding its tables needs them.
struct SQLTokens {
    enum Token: Equatable {
        /// A keyword or identifier, lower-cased.
        case word(String)
        /// A table that was written as a typed value: `room.name`.
        case table(String)
        /// A bound value.
        case binding
        case sign(Unicode.Scalar)
    }

    let all: [Token]

    /// Splits marked text; string literals and comments are passed over.
    init(_ marked: String) {
        var tokens: [Token] = []
        let scalars = Array(marked.unicodeScalars)
        var at = 0
        func end(of closing: Unicode.Scalar, from start: Int) -> Int {
            scalars[start...].firstIndex(of: closing) ?? scalars.count
        }
        while at < scalars.count {
            let scalar = scalars[at]
            switch scalar {
            case SQL.bindingMark:
                tokens.append(.binding)
                at += 1
            case SQL.tableMark:
                let closing = end(of: SQL.tableMark, from: at + 1)
                tokens.append(.table(String(String.UnicodeScalarView(scalars[(at + 1)..<closing]))))
                at = closing + 1
            case "'":
                at = end(of: "'", from: at + 1) + 1
            case "\"":
                let closing = end(of: "\"", from: at + 1)
                tokens.append(.word(String(String.UnicodeScalarView(scalars[(at + 1)..<closing])).lowercased()))
                at = closing + 1
            case "-" where at + 1 < scalars.count && scalars[at + 1] == "-":
                at = end(of: "\n", from: at) + 1
            case "/" where at + 1 < scalars.count && scalars[at + 1] == "*":
                // The star that opens a comment does not close it.
                at += 3
                while at < scalars.count, !(scalars[at] == "/" && scalars[at - 1] == "*") { at += 1 }
                at += 1
            case _ where Self.isWord(scalar):
                var next = at
                while next < scalars.count, Self.isWord(scalars[next]) { next += 1 }
                tokens.append(.word(String(String.UnicodeScalarView(scalars[at..<next])).lowercased()))
                at = next
            default:
                if !scalar.properties.isWhitespace { tokens.append(.sign(scalar)) }
                at += 1
            }
        }
        self.all = tokens
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    /// The word at `index`, if there is one.
    func word(_ index: Int) -> String? {
        guard self.all.indices.contains(index), case .word(let word) = self.all[index] else { return nil }
        return word
    }

    /// Whether `sign` stands at `index`.
    func sign(_ index: Int, _ sign: Unicode.Scalar) -> Bool {
        self.all.indices.contains(index) && self.all[index] == .sign(sign)
    }
}
