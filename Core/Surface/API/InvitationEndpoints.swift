internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which administrators ask people to join.
enum InvitationEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        let invitations = runtime.access.invitations
        return [
            Endpoint.post(
                "/users/invitations", self.create(invitations, runtime),
                "Invites a user; they join when they have shown that the address is theirs."),
            Endpoint.get("/users/invitations", self.list(invitations), "Lists the invitations that are open."),
            Endpoint.delete("/users/invitations/{id}", self.withdraw(invitations), "Takes an invitation back."),
        ].map { $0.inProduct() }
    }

    struct InvitationView: Codable, Sendable, Versioned {
        let id: ID<Invitation>
        let email: String
        let givenName: String
        let familyName: String
        let roles: [String]
        let invitedBy: String
        let createdAt: Instant
        let expiresAt: Instant
        let version: Int

        init(_ invitation: Invitation) {
            self.id = invitation.id
            self.email = invitation.email
            self.givenName = invitation.givenName
            self.familyName = invitation.familyName
            self.roles = invitation.roles.map(\.name)
            self.invitedBy = invitation.invitedBy
            self.createdAt = invitation.createdAt
            self.expiresAt = invitation.expiresAt
            self.version = 1
        }
    }

    struct InviteUser: APIInput {
        let email: EmailAddress
        let givenName: String
        let familyName: String
        let roles: [String]

        static let constraints: [String: Constraint] = [
            "email": .field("Where the invited person reads mail."),
            "givenName": .text(
                0...200, default: "", "What the person is called, where nobody of this address is known."),
            "familyName": .text(0...200, default: ""),
            "roles": .items(0...50, length: 1...40, default: [], "The roles that the user is to have."),
        ]
    }

    private static func create(_ invitations: Invitations, _ runtime: Runtime) -> Command<InviteUser, InvitationView> {
        let (accounts, organizations) = (runtime.accounts, runtime.organizations)
        return Command("kernel.users.invite", .permission(.manageUsers)) { input, _, tx in
            let invitation = try invitations.create(
                input.email, givenName: input.givenName, familyName: input.familyName,
                roles: input.roles.map { Role($0) }, in: tx)
            let organization = try organizations.current(in: tx.reading)
            tx.afterCommit { accounts.announceInvitation(of: input.email, to: organization) }
            return InvitationView(invitation)
        }
    }

    private static func list(_ invitations: Invitations) -> Query<PageInput, Page<InvitationView>> {
        Query("kernel.users.invitations", .permission(.readUsers)) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "invitations", keys: 1) }
            let found = try invitations.list(after: cursor, limit: input.limit + 1, in: tx)
            return Page(found.map { InvitationView($0) }, limit: input.limit) {
                Cursor(list: "invitations", keys: [$0.id.sqlValue])
            }
        }
    }

    struct InvitationByID: APIInput {
        let id: ID<Invitation>
    }

    private static func withdraw(_ invitations: Invitations) -> Command<InvitationByID, Nothing> {
        Command("kernel.users.withdraw-invitation", .permission(.manageUsers)) { input, _, tx in
            try invitations.withdraw(input.id, in: tx)
            return Nothing()
        }
    }
}
