internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Which people act for which: asked wherever it matters whose something is.
enum Wards {
    /// Those of some people for whom another one acts.
    static func of(
        _ guardian: ID<Person>, among people: [ID<Person>], in tx: ReadTransaction
    ) throws -> Set<ID<Person>> {
        guard !people.isEmpty else { return [] }
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return Set(
            try tx.values(
                """
                SELECT ward_person_id FROM \(GuardianSchema.guardian)
                WHERE organization_id = \(organization) AND guardian_person_id = \(guardian) AND revoked_at IS NULL
                    AND ward_person_id IN \(list: people)
                """, as: ID<Person>.self))
    }

    /// All for whom a person acts.
    static func all(of guardian: ID<Person>, in tx: ReadTransaction) throws -> [ID<Person>] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.values(
            """
            SELECT ward_person_id FROM \(GuardianSchema.guardian)
            WHERE organization_id = \(organization) AND guardian_person_id = \(guardian) AND revoked_at IS NULL
            """)
    }

    /// The caller, where they act for a person; `nil` where they are that person, or somebody else.
    static func guardian(of person: ID<Person>, in tx: ReadTransaction) throws -> ID<Person>? {
        guard let caller = tx.call?.principal.user?.person, caller != person,
            try !self.of(caller, among: [person], in: tx).isEmpty
        else { return nil }
        return caller
    }

    /// The condition that a column names a person for whom another one acts.
    static func isWard(_ column: SQL, of guardian: ID<Person>, _ organization: OrganizationID) -> SQL {
        """
        \(column) IN (
            SELECT w.ward_person_id FROM \(GuardianSchema.guardian) w
            WHERE w.organization_id = \(organization) AND w.guardian_person_id = \(guardian)
                AND w.revoked_at IS NULL)
        """
    }
}

/// Tells who acts for whom for other plugins: enters the plugin's own room.
struct StoredGuardianship<P: Plugin>: Guardianship {
    let kernel: Kernel<P>

    func guardians(of person: ID<Person>, in tx: ReadTransaction) throws -> [ID<Person>] {
        guard let organization = tx.scope.organization else { return [] }
        return try self.kernel.entering(tx).values(
            """
            SELECT guardian_person_id FROM \(GuardianSchema.guardian)
            WHERE organization_id = \(organization) AND ward_person_id = \(person) AND revoked_at IS NULL
            ORDER BY id
            """)
    }
}
