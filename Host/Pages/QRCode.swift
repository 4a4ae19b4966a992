internal import CQREncode

/// A text as a QR code (ISO/IEC 18004), for somebody who holds a phone before the page.
///
/// libqrencode makes it: the smallest version that the text fits into, at error correction level M, which bears up to
/// 15 % of damage.
public struct QRCode: Sendable {
    /// Light modules around the code, without which readers may not find it.
    private static let margin = 4

    /// How many modules a side has, the margin included.
    public let side: Int
    /// The dark modules as the data of an SVG path, one unit a module, from the upper left corner of the margin.
    public let path: String

    /// Makes a code of the text's UTF-8 bytes; nil for an empty text and one of more than 2,331 bytes.
    public init?(_ text: String) {
        guard
            let code = Array(text.utf8).withUnsafeBufferPointer({ bytes in
                QRcode_encodeData(CInt(clamping: bytes.count), bytes.baseAddress, 0, QR_ECLEVEL_M)
            })
        else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        self.side = width + 2 * Self.margin
        self.path = (0..<width).map { row in Self.runs(in: modules[(row * width)..<((row + 1) * width)], row) }.joined()
    }

    /// The dark modules of a row, one rectangle for those beside each other.
    private static func runs(in modules: Slice<UnsafeBufferPointer<UInt8>>, _ row: Int) -> String {
        var text = ""
        var place = modules.startIndex
        while place < modules.endIndex {
            // The lowest bit says whether a module is dark; the others tell what it is for.
            let end = modules[place...].firstIndex { $0 & 1 != modules[place] & 1 } ?? modules.endIndex
            if modules[place] & 1 == 1 {
                let x = place - modules.startIndex + self.margin
                text += "M\(x) \(row + self.margin)h\(end - place)v1h-\(end - place)z"
            }
            place = end
        }
        return text
    }
}
