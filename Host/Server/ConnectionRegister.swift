internal import AlmanacKernel
internal import Synchronization

/// Counts the connections of each address.
///
/// An address of IPv6 counts with its first 64 bits, because who has one of those has all of them. The proxies that the
/// operator trusts are not counted: their callers are many.
final class ConnectionRegister: Sendable {
    private let limit: Int
    private let exempt: [NetworkBlock]
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - limit: Connections at once from one address.
    ///   - exempt: Addresses that are not counted.
    init(limit: Int, exempt: [NetworkBlock]) {
        self.limit = limit
        self.exempt = exempt
    }

    /// What became of a connection that was opened.
    enum Entry: Equatable {
        /// It may stay; what stands here is given back when it ends, if anything does.
        case admitted(String?)
        /// There are too many from its address.
        case refused
    }

    /// Counts a connection in.
    func enter(_ address: String?) -> Entry {
        guard let known = address.flatMap({ NetworkAddress($0) }), !self.exempt.contains(where: { $0.contains(known) })
        else { return .admitted(nil) }
        let key = known.limitName
        return self.counts.withLock { counts in
            let count = counts[key, default: 0]
            guard count < self.limit else { return .refused }
            counts[key] = count + 1
            return .admitted(key)
        }
    }

    /// Counts a connection out; addresses without connections are forgotten.
    func leave(_ key: String) {
        self.counts.withLock { counts in
            let count = counts[key, default: 0] - 1
            counts[key] = count > 0 ? count : nil
        }
    }

    /// How many addresses have connections.
    var addressCount: Int { self.counts.withLock { $0.count } }
}
