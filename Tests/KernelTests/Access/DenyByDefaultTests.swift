import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel
@testable import AlmanacSurface

/// An operation that nobody has thought of permitting serves nobody.
struct DenyByDefaultTests {
    private struct Careless: BarePlugin {
        static let declaration = Declaration(id: "careless", version: "1.0.0", summary: "C")

        var contributions: Contributions {
            Endpoint.get(
                "/secrets",
                Query<Nothing, Nothing>("careless.read", .permission(Permission("secrets:read"))) { _, _, _ in Nothing()
                })
        }
    }

    @Test("v5.0.0-8.2.1 an endpoint whose permission nobody declares does not assemble", arguments: TestEngine.allCases)
    func anUndeclaredPermissionFailsAssembly(_ engine: TestEngine) async throws {
        let problems = await #expect(throws: Problems.self) {
            try await withPlatform(engine, plugins: [Careless.self]) { _ in }
        }
        #expect(
            problems?.all.map(\.message) == ["nobody declares the permission secrets:read"])
    }

    @Test(arguments: TestEngine.allCases)
    func theKernelsOwnEndpointsKeepTheRule(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let declaration = Declaration(id: "kernel", version: "0", summary: "K")
            let endpoints = KernelEndpoints.all(platform.runtime)
            #expect(endpoints.flatMap { $0.problems(in: platform.runtime.platform.graph, owner: declaration) }.isEmpty)
            #expect(endpoints.count > 20)
            // Everything about users, roles and access needs a permission; nothing of it is for all who have signed in.
            for endpoint in endpoints
            where ["/users", "/roles", "/permissions", "/access"].contains(where: endpoint.path.hasPrefix) {
                guard case .permission = endpoint.access else {
                    Issue.record("\(endpoint.label) needs no permission")
                    continue
                }
            }
        }
    }

    @Test func aPluginCannotDeclareWhatTheKernelDeclares() {
        let plugin = LoadedPlugin(
            declaration: Declaration(
                id: "thief", version: "1.0.0", summary: "T",
                permissions: [PermissionDeclaration(.manageUsers, "x", roles: [.customer: .organization])]),
            contributions: Contributions())
        #expect(
            GraphVerifier(Graph([plugin])).problems.map(\.message) == [
                "declares the permission users:manage, which kernel declares too"
            ])
    }
}
