internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// One of the servers that a URL leads to, or one address of several that its name has.
struct PostgresAddress: Equatable {
    /// Its name, its address or the folder of its socket.
    let host: String
    /// Its address in numbers; empty where libpq finds it out.
    let address: String
    let port: String

    init(host: String, address: String, port: String) {
        self.host = host
        self.address = address
        self.port = port
    }

    /// The port that libpq takes where nobody names one.
    private static let usualPort = "5432"

    /// The one that libpq tries now, or tried last.
    init(triedBy connection: OpaquePointer) {
        let port = PQport(connection).map { String(cString: $0) } ?? ""
        self.init(
            host: PQhost(connection).map { String(cString: $0) } ?? "",
            address: PQhostaddr(connection).map { String(cString: $0) } ?? "",
            port: port.isEmpty ? Self.usualPort : port)
    }

    /// What libpq says of one that took too long.
    var failure: String {
        if self.host.hasPrefix("/") {
            return "connection to server on socket \"\(self.host)/.s.PGSQL.\(self.port)\" failed: timeout expired"
        }
        let address = self.address.isEmpty || self.address == self.host ? "" : " (\(self.address))"
        return "connection to server at \"\(self.host)\"\(address), port \(self.port) failed: timeout expired"
    }

    /// Whether another one is this one; who has no address here has but one.
    func matches(_ other: PostgresAddress) -> Bool {
        self.host == other.host && self.port == other.port
            && (self.address == other.address || self.address.isEmpty || other.address.isEmpty)
    }

    /// The servers of a URL in their order, a name with several addresses as often as it has some.
    ///
    /// What the URL leaves to libpq altogether is not among them.
    ///
    /// - Parameters:
    ///   - url: Names them.
    ///   - other: One of them as libpq has it, which tells the port where the URL does not.
    /// - Returns: Whom libpq tries, in that order.
    static func all(of url: PostgresURL, like other: PostgresAddress) -> [PostgresAddress] {
        // Without any port in the URL it may be that of the environment.
        let usual = url.port == nil ? other.port : Self.usualPort
        return url.places.enumerated().flatMap { index, place -> [PostgresAddress] in
            guard let host = place.host else { return [] }
            let named = index < url.addresses.count ? url.addresses[index] : ""
            let found = named.isEmpty ? Self.addresses(of: host) : [named]
            // Where there is no choice libpq looks it up itself, and says what is wrong with it.
            let addresses = found.isEmpty || (named.isEmpty && found.count == 1) ? [""] : found
            return addresses.map { PostgresAddress(host: host, address: $0, port: place.port ?? usual) }
        }
    }

    /// The addresses of a name, in numbers and in the order in which they are to be tried; none of a socket.
    private static func addresses(of name: String) -> [String] {
        guard !name.hasPrefix("/"), !name.hasPrefix("@") else { return [] }
        // Nothing said of them, as libpq asks, so that it gets the same.
        var hints = addrinfo()
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            // Each is there once for each kind of socket.
            guard let address = Self.text(of: entry), !found.contains(address) else { continue }
            found.append(address)
        }
        return found
    }

    private static func text(of entry: addrinfo) -> String? {
        guard let address = entry.ai_addr else { return nil }
        // `NI_MAXHOST` of getnameinfo(3).
        var text = [CChar](repeating: 0, count: 1_025)
        guard getnameinfo(address, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
