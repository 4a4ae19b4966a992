import Foundation
import Testing

/// Accepts connections, as the system does before a program asks for them, and answers nothing.
final class SilentServer {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else { return Int32(-1) }
            guard bind(descriptor, pointer, length) == 0, listen(descriptor, 8) == 0 else { return -1 }
            return getsockname(descriptor, pointer, &length)
        }
        try #require(code == 0)
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(self.descriptor) }

    /// Where it is, as it stands in a URL.
    var place: String { "127.0.0.1:\(self.port)" }
}
