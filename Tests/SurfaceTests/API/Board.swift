import AlmanacKernel
import AlmanacStorage
import AlmanacSurface

/// A plugin with one operation that reads and one that writes.
struct Board: Plugin {
    static let canRead = Permission("board:read")
    static let canWrite = Permission("board:write")

    static let declaration = Declaration(
        id: "board", version: "1.0.0", summary: "Pins things up",
        permissions: [
            PermissionDeclaration(Self.canRead, "Reads", roles: [.admin: .organization, .provider: .organization]),
            PermissionDeclaration(Self.canWrite, "Writes", roles: [.admin: .organization]),
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Endpoint.get("/pins", Query<Nothing, Nothing>("board.list", .permission(Self.canRead)) { _, _, _ in Nothing() })
        Endpoint.post(
            "/pins", Command<Nothing, Nothing>("board.pin", .permission(Self.canWrite)) { _, _, _ in Nothing() })
    }
}
