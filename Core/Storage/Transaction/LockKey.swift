/// Something a transaction locks before it checks and changes it.
///
/// Two keys of the same class and id always exclude each other. Different ids may share a lock (the key is folded to
/// 64 bits on PostgreSQL): that costs waiting, never correctness.
public struct LockKey: Sendable, Hashable, Comparable {
    let value: Int64

    /// Names a lock.
    ///
    /// - Parameters:
    ///   - kind: The class of things, for example `"resource"`.
    ///   - id: The thing.
    public init<Entity>(_ kind: StaticString, _ id: ID<Entity>) {
        // FNV-1a over the class, then both halves of the id: stable across processes, unlike Hasher.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        for byte in "\(kind)".utf8 { mix(byte) }
        for half in [id.high, id.low] {
            for shift in stride(from: 56, through: 0, by: -8) { mix(UInt8(truncatingIfNeeded: half >> UInt64(shift))) }
        }
        self.value = Int64(bitPattern: hash)
    }

    /// The order in which keys are taken; it means nothing else.
    public static func < (a: LockKey, b: LockKey) -> Bool { a.value < b.value }
}
