internal import AlmanacKernel
internal import Bookings
internal import Messaging

/// The plugins in this program; the manifest chooses among them.
enum LinkedPlugins {
    static let all: [any Plugin.Type] = [
        Bookings.self, Messaging.self,
    ]

    /// What may be set for each of them.
    static func schemas() throws(Problems) -> [(id: String, schema: SettingsSchema)] {
        var schemas: [(id: String, schema: SettingsSchema)] = []
        for type in self.all { schemas.append((type.declaration.id.name, try self.schema(type))) }
        return schemas
    }

    private static func schema<P: Plugin>(_ type: P.Type) throws(Problems) -> SettingsSchema {
        try P.Settings.schema()
    }
}
