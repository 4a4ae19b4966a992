/// Bytes that grow at their end, with room asked for once a value instead of once a byte.
///
/// An array checks its room and its owner at every byte that is appended; a list of free slots has a hundred thousand
/// of them. Only this type touches the memory: what is written is preceded by ``reserve(_:)`` in the same function.
struct ByteSink: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        self.base = .allocate(capacity: self.capacity)
    }

    deinit { self.base.deallocate() }

    /// A copy of what has been written.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: self.base, count: self.count)) }

    /// What has been written, as text.
    var text: String { String(decoding: UnsafeBufferPointer(start: self.base, count: self.count), as: UTF8.self) }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        self.reserve(1)
        self.base[self.count] = byte
        self.count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        self.reserve(bytes.count)
        (self.base + self.count).update(from: start, count: bytes.count)
        self.count += bytes.count
    }

    /// Appends what `write` writes.
    ///
    /// - Parameters:
    ///   - room: How many bytes the buffer has that is handed to `write`.
    ///   - write: Fills the buffer from its start and answers how many bytes it wrote, at most `room`.
    @inline(__always)
    mutating func append(room: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        self.reserve(room)
        self.count += min(write(UnsafeMutableBufferPointer(start: self.base + self.count, count: room)), room)
    }

    @inline(__always)
    private mutating func reserve(_ room: Int) {
        if self.capacity - self.count < room { self.grow(for: room) }
    }

    @inline(never)
    private mutating func grow(for room: Int) {
        let capacity = max(self.capacity * 2, self.count + room)
        let base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        base.update(from: self.base, count: self.count)
        self.base.deallocate()
        self.base = base
        self.capacity = capacity
    }
}
