internal import Foundation

extension Duration {
    /// As long as a test may wait for what the product promises within this time.
    ///
    /// The promise is for a machine that does nothing else, which is the one of `scripts/test --long`. Otherwise thousands
    /// of tests share the processors, and what takes eight times as long is not late yet; what hangs is.
    package var patiently: Duration {
        ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1" ? self : self * 8
    }
}
