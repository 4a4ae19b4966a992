package import Logging

/// A log that nobody reads: what goes wrong is told by errors, and more would only mix with the test runner's output.
package enum SilentLog {
    /// Drops everything.
    package static var logger: Logger { Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() } }
}
