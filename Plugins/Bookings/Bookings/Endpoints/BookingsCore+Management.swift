internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// What the staff manage.
    @ContributionBuilder var managementEndpoints: Contributions {
        Endpoint.post("/event-types", self.createEventType, "Makes an event type.").inProduct()
        Endpoint.put("/event-types/{id}", self.replaceEventType, "Replaces an event type.").inProduct()
        Endpoint.delete("/event-types/{id}", self.archiveEventType, "Takes an event type out of the catalog.")
            .inProduct()
        Endpoint.post("/providers", self.createProvider, "Makes a provider.").inProduct()
        Endpoint.put("/providers/{id}", self.replaceProvider, "Replaces what customers see of a provider.").inProduct()
        Endpoint.delete("/providers/{id}", self.archiveProvider, "Takes a provider out of the catalog.").inProduct()
        Endpoint.get("/customers", self.listCustomers, "Lists customers that the caller may see.").inProduct()
        Endpoint.get("/customers/{id}", self.readCustomer, "Shows a customer.").inProduct()
        Endpoint.post("/customers", self.createCustomer, "Makes a customer.").inProduct()
        self.availabilityEndpoints
    }

    @ContributionBuilder private var availabilityEndpoints: Contributions {
        Endpoint.get("/providers/{id}/availability", self.readAvailability, "Shows a provider's working hours.")
            .inProduct()
        Endpoint.put("/providers/{id}/weekly-rules", self.replaceWeeklyRules, "Replaces all weekly rules.").inProduct()
        Endpoint.put("/providers/{id}/date-overrides", self.replaceDateOverrides, "Replaces all date overrides.")
            .inProduct()
        Endpoint.get("/blocked-times", self.listBlockedTimes, "Lists blocked times, by beginning.").inProduct()
        Endpoint.post("/blocked-times", self.createBlockedTime, "Blocks a provider's time.").inProduct()
        Endpoint.get("/blocked-times/{id}", self.readBlockedTime, "Shows a blocked time.").inProduct()
        Endpoint.put(
            "/blocked-times/{id}", self.replaceBlockedTime, "Moves a blocked time, makes it longer or shorter."
        ).inProduct()
        Endpoint.delete("/blocked-times/{id}", self.deleteBlockedTime, "Frees blocked time.").inProduct()
    }

    // MARK: Event types

    var createEventType: Command<CreateEventType, EventTypeView> {
        Command("event-types.create", .permission(.manageCatalog)) { [catalogWriter] input, call, tx in
            try catalogWriter.create(input.draft, call, in: tx)
        }
    }

    var replaceEventType: Command<ReplaceEventType, EventTypeView> {
        Command("event-types.replace", .permission(.manageCatalog)) { [catalogWriter] input, call, tx in
            try catalogWriter.replace(input.id, by: input.draft, call, in: tx)
        }
    }

    var archiveEventType: Command<ArchiveEventType, Nothing> {
        Command("event-types.archive", .permission(.manageCatalog)) { [catalogWriter] input, call, tx in
            try catalogWriter.archive(input.id, call, in: tx)
            return Nothing()
        }
    }

    // MARK: Providers

    var createProvider: Command<CreateProvider, ProviderView> {
        Command("providers.create", .permission(.manageProviders)) { [catalogWriter] input, call, tx in
            try catalogWriter.create(input, call, in: tx)
        }
    }

    var replaceProvider: Command<ReplaceProvider, ProviderView> {
        Command("providers.replace", .permission(.manageProviders)) { [catalogWriter] input, call, tx in
            try catalogWriter.replace(input, call, in: tx)
        }
    }

    var archiveProvider: Command<ProviderByID, Nothing> {
        Command("providers.archive", .permission(.manageProviders)) { [catalogWriter] input, call, tx in
            try catalogWriter.archive(input.id, call, in: tx)
            return Nothing()
        }
    }

    // MARK: Customers

    var listCustomers: Query<ListCustomers, Page<CustomerView>> {
        Query("customers.list", .permission(.readCustomer)) { [customers] input, call, tx in
            try customers.list(input, call, in: tx)
        }
    }

    var readCustomer: Query<CustomerByID, CustomerView> {
        Query("customers.read", .permission(.readCustomer)) { [customers] input, call, tx in
            try customers.find(input.id, call, in: tx)
        }
    }

    var createCustomer: Command<CreateCustomer, CustomerView> {
        Command("customers.create", .permission(.manageCustomers)) { [customers] input, call, tx in
            try customers.create(input, call, in: tx)
        }
    }

    // MARK: Availability

    var readAvailability: Query<ReadAvailability, AvailabilityView> {
        Query("availability.read", .permission(.readAvailability)) { [availability] input, _, tx in
            try availability.read(input.id, in: tx)
        }
    }

    var replaceWeeklyRules: Command<ReplaceWeeklyRules, AvailabilityView> {
        Command("weekly-rules.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    var replaceDateOverrides: Command<ReplaceDateOverrides, AvailabilityView> {
        Command("date-overrides.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    var listBlockedTimes: Query<ListBlockedTimes, Page<BlockedTimeView>> {
        Query("blocked-times.list", .permission(.readAvailability)) { [blockedTimes] input, call, tx in
            try blockedTimes.list(input, call, in: tx)
        }
    }

    var createBlockedTime: Command<CreateBlockedTime, BlockedTimeView> {
        Command("blocked-times.create", .permission(.manageAvailability)) { [blockedTimes] input, call, tx in
            try blockedTimes.create(input, call, in: tx)
        }
    }

    var readBlockedTime: Query<BlockedTimeByID, BlockedTimeView> {
        Query("blocked-times.read", .permission(.readAvailability)) { [blockedTimes] input, _, tx in
            try blockedTimes.find(input.id, in: tx)
        }
    }

    var replaceBlockedTime: Command<ReplaceBlockedTime, BlockedTimeView> {
        Command("blocked-times.replace", .permission(.manageAvailability)) { [blockedTimes] input, call, tx in
            try blockedTimes.replace(input, call, in: tx)
        }
    }

    var deleteBlockedTime: Command<BlockedTimeByID, Nothing> {
        Command("blocked-times.delete", .permission(.manageAvailability)) { [blockedTimes] input, call, tx in
            try blockedTimes.delete(input, call, in: tx)
            return Nothing()
        }
    }
}
