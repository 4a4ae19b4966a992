internal import AlmanacStorage

/// What all operations on roles, users and grants share.
package struct AccessControl: Sendable {
    let platform: Platform
    let cache: PrincipalCache
    let random: any RandomSource

    /// Every permission there is.
    package var catalog: PermissionCatalog { self.platform.permissions }
    /// The roles of an organization.
    package var roles: Roles { Roles(access: self) }
    /// Who can sign in to an organization.
    package var members: Members { Members(access: self) }
    /// What is granted to single users.
    package var directGrants: DirectGrants { DirectGrants(access: self) }

    /// Reads roles and grants as they stand in a transaction, its own changes included.
    func reader(for organization: OrganizationID) -> AccessReader {
        AccessReader(catalog: self.catalog, organization: organization, snapshots: nil)
    }
}

extension Runtime {
    /// Roles, users and grants, in transactions of the host's own.
    package var access: AccessControl {
        AccessControl(platform: self.platform, cache: self.identity.cache, random: self.random)
    }
}
