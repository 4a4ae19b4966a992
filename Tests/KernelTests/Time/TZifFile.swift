/// Builds zone files (RFC 9636) byte by byte, sound and damaged ones.
struct TZifFile {
    var version: Character? = "2"
    var transitions: [(seconds: Int64, type: UInt8)] = []
    var types: [Int32] = [0]
    var leapSeconds: [(seconds: Int64, correction: Int32)] = []
    var footer: String?

    /// The whole file; version 1 has no second block.
    var bytes: [UInt8] {
        guard self.version != nil else { return self.block(width: 4) }
        return self.block(width: 4) + self.block(width: 8) + Array("\n\(self.footer ?? "")\n".utf8)
    }

    private func block(width: Int) -> [UInt8] {
        var bytes = Array("TZif".utf8)
        bytes.append(self.version?.asciiValue ?? 0)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: 15))
        for count in [0, 0, self.leapSeconds.count, self.transitions.count, self.types.count, 4] {
            bytes.append(contentsOf: Self.bigEndian(Int64(count), width: 4))
        }
        for transition in self.transitions {
            bytes.append(contentsOf: Self.bigEndian(transition.seconds, width: width))
        }
        bytes.append(contentsOf: self.transitions.map(\.type))
        for type in self.types { bytes.append(contentsOf: Self.bigEndian(Int64(type), width: 4) + [0, 0]) }
        bytes.append(contentsOf: "ABC\u{0}".utf8)
        for leap in self.leapSeconds {
            bytes.append(contentsOf: Self.bigEndian(leap.seconds, width: width))
            bytes.append(contentsOf: Self.bigEndian(Int64(leap.correction), width: 4))
        }
        return bytes
    }

    static func bigEndian(_ value: Int64, width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
    }
}
