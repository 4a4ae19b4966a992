/// The notation of references in a manifest: `${env:NAME}`, `${file:PATH}`, and `$${` for a plain `${`.
enum ReferenceText {
    /// A part of a scalar.
    enum Piece: Equatable {
        /// What stands there.
        case text(String)
        /// What stands elsewhere.
        case reference(Reference)
    }

    /// Where a value comes from.
    enum Reference: Equatable {
        /// The variable of the environment with this name.
        case environment(String)
        /// The file at this path.
        case file(String)
    }

    /// Why a scalar cannot be taken apart.
    struct Fault: Error, Equatable {
        let message: String
        let advice: String
    }

    /// Takes a scalar apart.
    ///
    /// - Parameter text: The scalar as written.
    /// - Returns: Its pieces in order; neighboring texts are one piece.
    /// - Throws: ``Fault`` where something looks like a reference and is none.
    static func pieces(of text: String) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
            plain += rest[..<dollar]
            rest = rest[dollar...]
            if rest.utf8.starts(with: "$${".utf8) {
                plain += "${"
                rest = rest[rest.utf8.index(dollar, offsetBy: 3)...]
            } else if rest.utf8.starts(with: "${".utf8) {
                guard let end = rest.utf8.firstIndex(of: UInt8(ascii: "}")) else {
                    let advice = "write ${env:NAME}, or $${ for a plain ${"
                    throw Fault(message: "a reference is not closed", advice: advice)
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.reference(try self.reference(rest[..<rest.utf8.index(after: end)])))
                rest = rest[rest.utf8.index(after: end)...]
            } else {
                plain += "$"
                rest = rest[rest.utf8.index(after: dollar)...]
            }
        }
        plain += rest
        if !plain.isEmpty || pieces.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }

    /// What one `${…}` refers to.
    private static func reference(_ written: Substring) throws(Fault) -> Reference {
        let inside = written.dropFirst(2).dropLast()
        if inside.utf8.starts(with: "env:".utf8) {
            let name = String(inside.dropFirst(4))
            guard self.isVariable(name) else {
                let advice = "a name has letters, digits and _, and no digit first"
                throw Fault(message: "\(written) names no variable", advice: advice)
            }
            return .environment(name)
        }
        if inside.utf8.starts(with: "file:".utf8) {
            let path = String(inside.dropFirst(5))
            guard !path.isEmpty else { throw Fault(message: "\(written) names no file", advice: "write ${file:PATH}") }
            return .file(path)
        }
        let name = String(inside)
        let advice =
            self.isVariable(name)
            ? "did you mean ${env:\(name)}?" : "write ${env:NAME} or ${file:PATH}, or $${ for a plain ${"
        throw Fault(message: "\(written) is no reference", advice: advice)
    }

    private static func isVariable(_ name: String) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, !digits.contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                digits, UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
