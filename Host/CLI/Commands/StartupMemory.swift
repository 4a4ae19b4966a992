#if canImport(Glibc)
internal import Glibc
#endif

/// Memory that starting has needed and serving does not.
enum StartupMemory {
    #if canImport(Glibc)
    private typealias Trim = @convention(c) (Int) -> CInt
    #endif

    /// Hands it back to the system.
    ///
    /// Assembly makes and drops the descriptions of every type, operation and setting, and a first start hashes
    /// passwords; glibc keeps what it was given for the next one who asks, and nobody asks for so much again. Other C
    /// libraries do not know `malloc_trim(3)`, so it is looked up by name.
    static func release() {
        #if canImport(Glibc)
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
        #endif
    }
}
