internal import CMalloc
internal import Foundation

/// How the C library keeps memory for a process that runs for months.
enum Heap {
    /// Bytes that stay free at the end of the heap before they are given back: enough for what requests take and free.
    private static let slack: Int32 = 1 << 20

    /// Makes the C library keep less for later; call it before work begins.
    ///
    /// glibc makes up to eight arenas a processor, each of which keeps what it once took, and stops giving memory back
    /// after large pieces were freed (mallopt(3)). As many arenas as processors serve as well.
    static func keepSmall() {
        let arenas = Int32(clamping: max(ProcessInfo.processInfo.activeProcessorCount, 2))
        // Either may be refused: then memory is kept as it would have been.
        _ = mallopt(M_ARENA_MAX, arenas)
        _ = mallopt(M_TRIM_THRESHOLD, Self.slack)
    }
}
