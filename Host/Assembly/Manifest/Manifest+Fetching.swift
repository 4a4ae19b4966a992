public import AlmanacKernel

extension Manifest {
    /// From where the server fetches what users name, as their calendars.
    public struct Fetching: Sendable {
        /// Networks of the operator's own that may be reached besides public addresses.
        public let allowed: [NetworkBlock]
    }
}

extension Manifest.Fetching: PluginSettings {
    /// Reads the section `fetching`.
    public init(from read: inout SettingsReader) throws {
        let allowed: [OwnNetwork] = read.list(
            "allow",
            "Networks of your own from which users may have calendars fetched, as 10.1.2.0/24; otherwise only public "
                + "addresses are",
            count: 0...100)
        self.allowed = allowed.compactMap(\.block)
    }
}
