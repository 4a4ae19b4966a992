public import AlmanacKernel
internal import AlmanacStorage

extension PluginID {
    /// The plugin behind this contract.
    public static let messaging: PluginID = "messaging"
}
