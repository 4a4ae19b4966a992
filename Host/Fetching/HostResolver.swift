internal import AlmanacKernel
internal import Glibc
internal import NIOPosix

/// Finds the addresses of hosts by the system's resolver.
enum HostResolver {
    /// All addresses of a host, in the order in which they are to be tried; none when there is no such host.
    ///
    /// The resolver blocks its thread, which is none of those that other work needs.
    static func addresses(of host: String) async throws -> [NetworkAddress] {
        if let address = NetworkAddress(host) { return [address] }
        return try await NIOThreadPool.singleton.runIfActive { Self.ask(host) }
    }

    private static func ask(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0, let first = list else { return [] }
        defer { freeaddrinfo(first) }
        var found: [NetworkAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let entry = next?.pointee {
            if let address = Self.address(entry), !found.contains(address) { found.append(address) }
            next = entry.ai_next
        }
        return found
    }

    private static func address(_ entry: addrinfo) -> NetworkAddress? {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let length = socklen_t(name.count)
        guard getnameinfo(entry.ai_addr, entry.ai_addrlen, &name, length, nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return NetworkAddress(String(decoding: text, as: UTF8.self))
    }
}
