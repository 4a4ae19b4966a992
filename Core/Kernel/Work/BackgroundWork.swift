/// What a plugin does besides answering: a loop around one step, from the host's start to its end.
///
/// ```swift
/// BackgroundWork("sender", everySeconds: 5) { try await sender.step() }
/// ```
/// The host runs it below its server, so that it outlives the last request, and begins no step once it has been told to
/// stop. Every host of a deployment runs it: what two of them must not do at once is claimed in the database.
public struct BackgroundWork: Contribution {
    /// The permanent name within its plugin, for logs.
    public let name: String
    /// Seconds of pause after a step that has found nothing to do, at least 1.
    let pauseSeconds: Int
    let step: @Sendable () async throws -> Bool

    /// Describes work.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin.
    ///   - everySeconds: Seconds of pause after a step that has found nothing to do, or has failed.
    ///   - step: One piece of work, short enough to be waited for at the end. It returns whether there is more to do at
    ///     once; what it throws is logged.
    public init(_ name: String, everySeconds: Int, _ step: @escaping @Sendable () async throws -> Bool) {
        self.name = name
        self.pauseSeconds = max(everySeconds, 1)
        self.step = step
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "background work \(self.name)" }
}
