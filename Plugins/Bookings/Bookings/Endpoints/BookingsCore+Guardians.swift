internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Who acts for whom.
    @ContributionBuilder var guardianEndpoints: Contributions {
        Endpoint.get("/customers/{id}/guardians", self.listGuardians, "Lists who acts for a customer.").inProduct()
        Endpoint.post("/customers/{id}/guardians", self.nameGuardian, "Lets somebody act for a customer.").inProduct()
        Endpoint.delete(
            "/customers/{id}/guardians/{guardian}", self.revokeGuardian, "Ends that somebody acts for a customer."
        ).inProduct()
        Endpoint.get("/me/wards", self.listWards, "Lists for whom the caller acts.").inProduct()
    }

    var listGuardians: Query<ListGuardians, GuardianList> {
        Query("guardians.list", .permission(.manageGuardians)) { [guardians] input, call, tx in
            try guardians.list(input, call, in: tx)
        }
    }

    var nameGuardian: Command<NameGuardian, GuardianView> {
        Command("guardians.name", .permission(.manageGuardians)) { [guardians] input, call, tx in
            try guardians.name(input, call, in: tx)
        }
    }

    var revokeGuardian: Command<RevokeGuardian, Nothing> {
        Command("guardians.revoke", .permission(.manageGuardians)) { [guardians] input, call, tx in
            try guardians.revoke(input, call, in: tx)
            return Nothing()
        }
    }

    var listWards: Query<Nothing, WardList> {
        Query("guardians.wards", .signedIn) { [guardians] _, call, tx in try guardians.wards(call, in: tx) }
    }
}
