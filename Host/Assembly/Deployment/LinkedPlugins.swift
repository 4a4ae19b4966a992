internal import AlmanacKernel
internal import Bookings

/// The plugins in this program; the manifest chooses among them.
enum LinkedPlugins {
    static let all: [any Plugin.Type] = [
        Bookings.self
    ]
}
