public import AlmanacKernel

extension PluginID {
    /// The plugin behind this contract.
    public static let bookings: PluginID = "bookings"
}
