import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// To which class an endpoint belongs that says nothing about it.
struct EndpointLimitTests {
    private static let permission = Permission("notes:read")

    private static func get(_ access: Access) -> Endpoint {
        Endpoint.get("/notes", Query<Nothing, Nothing>("notes.list", access) { _, _, _ in Nothing() })
    }

    private static func post(_ access: Access, _ path: String = "/notes") -> Endpoint {
        Endpoint.post(path, Command<Nothing, Nothing>("notes.create", access) { _, _, _ in Nothing() })
    }

    @Test func followsFromMethodAndAccess() {
        #expect(Self.get(.permission(Self.permission)).limit == EndpointLimit(.reads))
        #expect(Self.get(.signedIn).limit == EndpointLimit(.reads))
        #expect(Self.get(.everyone).limit == EndpointLimit(.public))
        #expect(Self.post(.permission(Self.permission)).limit == EndpointLimit(.writes))
        #expect(Self.post(.signedIn).limit == EndpointLimit(.writes))
        #expect(Self.post(.everyone).limit == EndpointLimit(.public))
    }

    @Test(arguments: [
        // A way to sign in that nobody has thought of yet.
        ("/auth/other", EndpointLimit(.login, identifier: "email")), ("/authors", EndpointLimit(.public)),
    ])
    func whatStrangersDoUnderAuthIsLogin(path: String, limit: EndpointLimit) {
        #expect(Self.post(.everyone, path).inProduct().limit == limit)
        // A plugin's own address is not the product's.
        #expect(Self.post(.everyone, path).limit == EndpointLimit(.public))
        #expect(Self.post(.signedIn, path).inProduct().limit == EndpointLimit(.writes))
    }

    @Test func canBeDeclared() {
        let declared = Self.get(.everyone).limited(.login, identifier: "phone", sparesSuccesses: true)

        #expect(declared.limit == EndpointLimit(.login, identifier: "phone", sparesSuccesses: true))
        #expect(declared.inProduct().limit == declared.limit)
    }

    @Test func theKernelsOwnAreWhatTheyShouldBe() async throws {
        try await withPlatform(.sqlite) { platform in
            let limits = Dictionary(
                uniqueKeysWithValues: KernelEndpoints.all(platform.runtime).map { ($0.label, $0.limit) })

            #expect(
                limits["endpoint POST /auth/token"]
                    == EndpointLimit(.login, identifier: "email", sparesSuccesses: true))
            for path in ["/auth/register", "/auth/resend-verification", "/auth/forgot-password", "/me/email"] {
                #expect(limits["endpoint POST \(path)"] == EndpointLimit(.reset, identifier: "email"), "\(path)")
            }
            for path in ["/auth/verify-email", "/auth/reset-password", "/me/email/confirm"] {
                #expect(limits["endpoint POST \(path)"] == EndpointLimit(.reset, sparesSuccesses: true), "\(path)")
            }
            // Somebody guesses at the present password.
            #expect(limits["endpoint POST /me/password"] == EndpointLimit(.login, sparesSuccesses: true))
            #expect(limits["endpoint POST /auth/refresh"] == EndpointLimit(.public))
            #expect(limits["endpoint POST /auth/logout"] == EndpointLimit(.public))
            #expect(limits["endpoint GET /me"] == EndpointLimit(.reads))
        }
    }
}
