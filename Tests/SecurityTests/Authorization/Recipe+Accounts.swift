import AlmanacStorage
import AlmanacTestKit

extension Recipe {
    /// The caller's password once more.
    private static let password: (String, JSON) = ("password", .string(TestMember.password))

    /// What is about accounts, and about who may do what.
    static let accounts: [String: Recipe] = Self.own.merging(Self.others) { $1 }

    private static let own: [String: Recipe] = [
        "POST /api/v1/auth/register": Recipe(fields: { school, _ in [("email", .string(await school.freeAddress()))] }),
        "POST /api/v1/auth/verify-email": Recipe(kind: .registrationToken, place: .body("token")),
        "POST /api/v1/auth/reset-password": Recipe(kind: .resetToken, place: .body("token")),
        "POST /api/v1/auth/oidc/{provider}/start": Recipe(fields: { _, _ in [Self.password] }),
        "POST /api/v1/auth/oidc/{provider}/callback": Recipe(
            kind: .signInTry, fields: { _, attempt in MatrixSchool.answer(to: attempt) }),
        "POST /api/v1/me/password": Recipe(spendsCaller: true),
        "POST /api/v1/me/email": Recipe(
            spendsCaller: true, fields: { school, _ in [("email", .string(await school.freeAddress()))] }),
        "POST /api/v1/me/email/confirm": Recipe(kind: .addressToken, place: .body("token"), spendsCaller: true),
        "POST /api/v1/me/totp": Recipe(spendsCaller: true, fields: { _, _ in [Self.password] }),
        "POST /api/v1/me/totp/confirm": Recipe(
            spendsCaller: true,
            prepare: { school, caller in [("code", .string(try await school.code(of: caller)))] }),
        "POST /api/v1/me/totp/remove": Recipe(
            spendsCaller: true,
            prepare: { school, caller in
                try await school.enrol(caller)
                return []
            },
            fields: { _, _ in [Self.password] }),
        "POST /api/v1/me/recovery-codes": Recipe(
            spendsCaller: true,
            prepare: { school, caller in
                try await school.enrol(caller)
                return []
            },
            fields: { _, _ in [Self.password] }),
        "POST /api/v1/api-keys": Recipe(spendsCaller: true, fields: { _, _ in [("scopes", ["bookings:read"])] }),
        "PATCH /api/v1/me/profile": Recipe(spendsCaller: true, fields: { _, _ in [("givenName", "Sample")] }),
    ]

    private static let others: [String: Recipe] = [
        "GET /api/v1/access/explain": Recipe(kind: .user, place: .query("user")),
        "POST /api/v1/users/invitations": Recipe(
            fields: { school, _ in [("email", .string(await school.freeAddress()))] }),
        "PATCH /api/v1/users/{id}": Recipe(spendsCaller: true, fields: { _, _ in [("status", "disabled")] }),
        "DELETE /api/v1/users/{id}": Recipe(spendsCaller: true),
        "PUT /api/v1/users/{id}/roles": Recipe(spendsCaller: true, fields: { _, _ in [("roles", ["customer"])] }),
        "POST /api/v1/users/{id}/roles": Recipe(spendsCaller: true, fields: { _, _ in [("role", "provider")] }),
        "DELETE /api/v1/users/{id}/roles/{role}": Recipe(spendsCaller: true),
        "POST /api/v1/users/{id}/grants": Recipe(spendsCaller: true),
        "DELETE /api/v1/users/{id}/grants/{grant}": Recipe(kind: .userGrant, spendsCaller: true),
        "DELETE /api/v1/users/{id}/sessions": Recipe(spendsCaller: true),
        "DELETE /api/v1/users/{id}/sessions/{session}": Recipe(kind: .userSession),
        "POST /api/v1/roles": Recipe(fields: { school, _ in [("name", .string(await school.roleName()))] }),
        "PATCH /api/v1/roles/{name}": Recipe(fields: { _, _ in [("title", "Another title")] }),
        "PATCH /api/v1/settings/{plugin}": Recipe(fields: { _, _ in [("settings", .object([:]))] }),
    ]
}
