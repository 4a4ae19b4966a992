internal import AlmanacKernel

/// The address of a server that may name who signs in: in a manifest no password of it is written out.
protocol ServerAddressSetting {
    /// What stands where it is not understood, as "an address such as …".
    static var expectedAddress: String { get }
    /// The variable of the environment that advice names.
    static var variable: String { get }

    /// Takes an address; `nil` for what is none.
    init?(_ text: String)

    /// The passwords in an address, which may be none otherwise; empty ones need not be hidden.
    static func passwords(in text: String) -> [String]
}

extension ServerAddressSetting {
    /// Takes an address in which no password is written out.
    init(address node: SettingsNode) throws(SettingMismatch) {
        guard let scalar = node.scalar else { throw SettingMismatch(expected: Self.expectedAddress, found: node) }
        guard let address = Self(scalar.text) else {
            // What was written is not shown: it may be a password in the wrong place.
            throw SettingMismatch("expected \(Self.expectedAddress)")
        }
        if scalar.origin != .reference, Self.spellsOutPassword(scalar.written) {
            throw SettingMismatch(
                "a password must not stand in the manifest",
                advice: "write the address as ${env:\(Self.variable)}, or the password in it as ${env:NAME}")
        }
        self = address
    }

    /// Whether what stands in the file spells out a password rather than a reference to one.
    private static func spellsOutPassword(_ written: String) -> Bool {
        // A reference may hold `/`, `@` or `:` itself, so that it must not be taken apart.
        let stand = "\u{FFFC}"
        let pieces = (try? ReferenceText.pieces(of: written)) ?? [.text(written)]
        let text = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .reference: stand
            }
        }.joined()
        return Self.passwords(in: text).contains { !$0.isEmpty && $0 != stand }
    }
}
