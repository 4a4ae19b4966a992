public import AlmanacKernel

extension Manifest {
    /// Where the keys are kept with which values are encrypted.
    public struct Secrets: Sendable, Equatable {
        /// The key file, where the operator names one; otherwise it stands beside the data.
        public let keyFile: String?
        /// The keys themselves, where they come from the environment or a vault and not from a file of their own.
        public let keys: Secret?
    }
}

extension Manifest.Secrets: PluginSettings {
    /// Reads the section `secrets`.
    public init(from read: inout SettingsReader) throws {
        let file: ManifestPath? = read.optional(
            "keyFile", "File of the keys; if left out, it stands beside the data and is made on the first start")
        self.keyFile = file?.path
        self.keys = read.optionalSecret("keys", "The keys themselves, instead of a file, from ${env:NAME}")
        read.check("keys", "cannot stand beside keyFile: the keys come from one place", file == nil || self.keys == nil)
        if let fault = Self.fault(in: self.keys) {
            read.check("keys", "holds no keys (\(fault)): make some by `almanac keys create --print`", false)
        }
    }

    private static func fault(in keys: Secret?) -> KeyList.Fault? {
        guard let keys else { return nil }
        do {
            _ = try KeyList(parsing: keys.reveal())
            return nil
        } catch {
            return error
        }
    }
}

extension Manifest {
    /// Where the keys of the deployment are.
    ///
    /// - Parameter path: The manifest's file.
    /// - Returns: The place; nothing has looked there.
    package func keySource(manifestPath path: String) -> any KeySource {
        if let keys = self.secrets.keys { return KeyText(keys, name: "the setting secrets.keys") }
        if let file = self.secrets.keyFile { return KeyFile(file, makesFirstKey: false) }
        switch self.storage {
        case .sqlite(let settings): return KeyFile(settings.path + ".keys", makesFirstKey: true)
        case .postgres:
            let name = "data/\(self.organization.slug).keys"
            return KeyFile(FilePlace.path(name, beside: path), makesFirstKey: true)
        }
    }
}
