internal import AlmanacStorage
internal import CPageAssets
internal import Crypto
internal import Foundation

/// The templates, styles, scripts and words of all pages: those in the program, or those of a folder while they are
/// being written.
package struct PageFiles: Sendable {
    /// What the program holds.
    private static let embedded = {
        var embedded: [String: [UInt8]] = [:]
        var index = 0
        while let name = almanac_page_asset(index).name {
            let asset = almanac_page_asset(index)
            embedded[String(cString: name)] = Array(UnsafeBufferPointer(start: asset.bytes, count: asset.length))
            index += 1
        }
        return embedded
    }()
    private static let hashes = Self.embedded.mapValues { Hexadecimal.encode(SHA256.hash(data: $0).prefix(6)) }

    private let folder: String?

    /// - Parameter folder: A copy of the folder `pages` that is read anew each time; what the program holds when `nil`.
    package init(folder: String? = nil) {
        self.folder = folder
    }

    /// Whether files may change while the program runs.
    package var isChanging: Bool { self.folder != nil }

    /// The names of all files.
    package var names: [String] { Self.embedded.keys.sorted() }

    /// The bytes of a file; `nil` when there is none of this name.
    package func bytes(of name: String) -> [UInt8]? {
        guard let embedded = Self.embedded[name] else { return nil }
        guard let folder = self.folder else { return embedded }
        // The name is one of ours: it leads nowhere else.
        let file = URL(fileURLWithPath: folder).appendingPathComponent(name)
        return (try? Data(contentsOf: file)).map { Array($0) } ?? embedded
    }

    /// The text of a file.
    package func text(of name: String) -> String? {
        self.bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Where browsers find a file: an address that changes with its bytes, so that it may be kept for ever.
    ///
    /// - Parameters:
    ///   - name: The file.
    ///   - root: What the address begins with: `/console`.
    /// - Returns: The address.
    package func address(of name: String, under root: String) -> String {
        "\(root)/assets/\(Self.hashes[name] ?? "none")/\(name)"
    }

    /// The media type of what browsers may fetch; `nil` of what they may not.
    package static func mediaType(of name: String) -> String? {
        if name.hasSuffix(".css") { return "text/css; charset=utf-8" }
        if name.hasSuffix(".js") { return "text/javascript; charset=utf-8" }
        if name.hasSuffix(".svg") { return "image/svg+xml" }
        return nil
    }
}
