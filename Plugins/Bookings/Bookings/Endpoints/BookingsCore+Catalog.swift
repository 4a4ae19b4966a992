internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// What can be booked, with whom and when: public.
    @ContributionBuilder var catalogEndpoints: Contributions {
        Endpoint.get("/event-types", self.listEventTypes, "Lists what can be booked, by slug.").inProduct()
        Endpoint.get("/event-types/{id}", self.readEventType, "Shows what can be booked.").inProduct()
        Endpoint.get("/providers", self.listProviders, "Lists who can be booked, by name.").inProduct()
        Endpoint.get("/providers/{id}", self.readProvider, "Shows who can be booked.").inProduct()
        Endpoint.get("/slots", self.findSlots, "Lists the free slots of an event type.").inProduct()
    }

    var listEventTypes: Query<PageInput, Page<EventTypeView>> {
        Query("event-types.list", .everyone) { [catalog] input, call, tx in
            try catalog.eventTypes(input, call, in: tx)
        }
    }

    var readEventType: Query<EventTypeByName, EventTypeView> {
        Query("event-types.read", .everyone) { [catalog] input, call, tx in
            try catalog.eventType(input, call, in: tx)
        }
    }

    var listProviders: Query<PageInput, Page<ProviderView>> {
        Query("providers.list", .everyone) { [catalog] input, _, tx in try catalog.providers(input, in: tx) }
    }

    var readProvider: Query<ProviderByID, ProviderView> {
        Query("providers.read", .everyone) { [catalog] input, _, tx in try catalog.provider(input, in: tx) }
    }

    var findSlots: Query<FindSlots, SlotList> {
        Query("slots.list", .everyone) { [slots] input, call, tx in try slots.find(input, call, in: tx) }
    }
}
