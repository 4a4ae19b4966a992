internal import Foundation
internal import Synchronization

/// The operating system's generator, asked for many words at once.
///
/// A call of the system costs more than everything else that making an identifier takes. Words that have been handed
/// out are not kept. For identifiers; secrets come from ``SystemRandom`` directly.
public final class BufferedRandom: RandomSource {
    /// As many bytes as the system hands out at once (getentropy(3)).
    private static let words = 32

    private let buffer = Mutex<[UInt64]>([])

    /// Makes a source with an empty buffer.
    public init() {}

    /// 64 bits from the operating system.
    public func next() -> UInt64 {
        self.buffer.withLock { buffer in
            if buffer.isEmpty { Self.fill(&buffer) }
            return buffer.popLast() ?? SystemRandom().next()
        }
    }

    private static func fill(_ buffer: inout [UInt64]) {
        let size = Self.words * MemoryLayout<UInt64>.size
        buffer = Array(unsafeUninitializedCapacity: Self.words) { words, count in
            count = words.baseAddress.map { getentropy($0, size) == 0 } == true ? Self.words : 0
        }
    }
}
