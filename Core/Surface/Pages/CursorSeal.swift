internal import AlmanacKernel
internal import AlmanacStorage
internal import Crypto

/// Signs the cursors of one list for one organization and one filter, and knows its own again.
///
/// A cursor tells where a page ended by the keys of its last row. Signed, it is good for nothing else: a caller can
/// neither read on in another organization or list, nor under another filter, nor try out keys. Endpoints do this for
/// every ``Page``, so that no plugin has to remember it.
struct CursorSeal: Sendable {
    private static let signatureLength = 16

    private let keys: CursorKeys
    private let context: [UInt8]

    /// - Parameters:
    ///   - keys: The deployment's keys for cursors.
    ///   - organization: Whose list it is.
    ///   - operation: Which list it is.
    ///   - filter: What is asked for besides the place and the length of the page, in any order.
    init(
        keys: CursorKeys, organization: OrganizationID, operation: String, filter: [(name: String, value: String)]
    ) {
        self.keys = keys
        let pairs = filter.map { Self.framed($0.name) + Self.framed($0.value) }
        self.context =
            Self.framed("\(organization)") + Self.framed(operation)
            + pairs.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }

    /// The text with its length, so that two texts in a row are never another two.
    private static func framed(_ text: String) -> [UInt8] { Array("\(text.utf8.count):\(text)".utf8) }

    private func signature(_ text: Substring.UTF8View, _ key: SymmetricKey) -> ArraySlice<UInt8> {
        let code = HMAC<SHA256>.authenticationCode(
            for: self.context + Array("\(text.count):".utf8) + Array(text), using: key)
        return Array(code).prefix(Self.signatureLength)
    }

    /// The cursor with its signature behind a dot.
    ///
    /// - Throws: ``SecretsError`` when the deployment has no keys.
    func seal(_ cursor: String) throws -> String {
        let signature = self.signature(Substring(cursor).utf8, try self.keys.signing())
        return "\(cursor).\(Base64URL.encode(signature))"
    }

    /// The cursor without its signature; `nil` unless it was signed here, for this.
    ///
    /// - Throws: ``SecretsError`` when the deployment has no keys.
    func open(_ text: String) throws -> String? {
        guard text.utf8.count <= 1_200, let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let cursor = text.utf8[..<dot]
        guard let signature = Base64URL.decode(String(Substring(text.utf8[text.utf8.index(after: dot)...]))),
            signature.count == Self.signatureLength
        else { return nil }
        let isOurs = try self.keys.contains { key in
            // In constant time, so that a signature cannot be found byte by byte.
            zip(self.signature(cursor, key), signature).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
        }
        return isOurs ? String(Substring(cursor)) : nil
    }
}

/// An answer whose cursor is signed before it is sent.
protocol PagedAnswer {
    func sealed(by seal: CursorSeal) throws -> Self
}

extension Page: PagedAnswer {
    func sealed(by seal: CursorSeal) throws -> Page {
        guard let next = self.next else { return self }
        return Page(items: self.items, next: try seal.seal(next))
    }
}

extension InvalidInput {
    /// What a cursor is answered that was not made by this list, whatever is wrong with it.
    static let foreignCursor = InvalidInput(
        pointer: "/after", code: "cursor", detail: "this cursor was not made by this list: start again without it")
}
