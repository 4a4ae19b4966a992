public import AlmanacKernel

extension Manifest {
    /// Where the spans of requests and transactions go; see `Host/Tracing/README.md`.
    public struct Tracing: Sendable, Equatable {
        /// The file to which they are written in OTLP's JSON encoding; none are made when `nil`.
        public let file: String?
    }
}

extension Manifest.Tracing: PluginSettings {
    /// Reads the section `tracing`.
    public init(from read: inout SettingsReader) throws {
        let file: ManifestPath? = read.optional(
            "file", "File to which spans of requests and transactions are written, as OpenTelemetry collectors read it")
        self.file = file?.path
    }
}
