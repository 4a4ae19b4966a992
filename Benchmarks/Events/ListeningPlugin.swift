internal import AlmanacKernel
internal import AlmanacStorage

/// A plugin with two consumers of what is booked, each of which leaves a row.
struct ListeningPlugin: Plugin {
    static let id: PluginID = "listening"
    static let heard = AlmanacStorage.Table(Self.id.namespace, "heard")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Listens", optional: ["bookings"],
        migrations: [
            Migration(1, "what was heard") {
                CreateTable(Self.heard) {
                    Column("event_id", .uuid)
                    Column("ear", .text)
                    Column("heard_at", .instant)
                    PrimaryKey("event_id", "ear")
                }
            }
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Self.ear("left")
        Self.ear("right")
    }

    private static func ear(_ name: String) -> OnAny {
        OnAny(name, of: WireName("bookings.booking-confirmed", version: 1)) { event, tx in
            try tx.post(
                """
                INSERT INTO \(Self.heard) (organization_id, event_id, ear, heard_at)
                VALUES (\(event.organization), \(event.id), \(name), \(tx.now))
                """)
        }
    }
}
