internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Rooms and vehicles, and what is true of providers.
    @ContributionBuilder var resourceEndpoints: Contributions {
        Endpoint.get("/resources", self.listResources, "Lists rooms and vehicles, by name.").inProduct()
        Endpoint.post("/resources", self.createResource, "Makes a room or a vehicle.").inProduct()
        Endpoint.get("/resources/{id}", self.readResource, "Shows a room or a vehicle.").inProduct()
        Endpoint.put("/resources/{id}", self.replaceResource, "Replaces a room or a vehicle.").inProduct()
        Endpoint.delete("/resources/{id}", self.archiveResource, "Takes a room or a vehicle out of the catalog.")
            .inProduct()
        Endpoint.put("/providers/{id}/attributes", self.replaceAttributes, "Replaces what is true of a provider.")
            .inProduct()
        self.resourceTimeEndpoints
    }

    @ContributionBuilder private var resourceTimeEndpoints: Contributions {
        Endpoint.get("/resources/{id}/hours", self.readResourceHours, "Shows when a room or a vehicle is open.")
            .inProduct()
        Endpoint.put("/resources/{id}/hours", self.replaceResourceHours, "Replaces the hours of a room or a vehicle.")
            .inProduct()
        Endpoint.get(
            "/resources/{id}/blocked-times", self.listResourceBlocks,
            "Lists blocked times of a room or a vehicle, by beginning."
        ).inProduct()
        Endpoint.post("/resources/{id}/blocked-times", self.blockResource, "Blocks the time of a room or a vehicle.")
            .inProduct()
        Endpoint.delete(
            "/resources/{id}/blocked-times/{blockedTime}", self.unblockResource,
            "Frees blocked time of a room or a vehicle."
        ).inProduct()
    }

    // MARK: Rooms and vehicles

    var listResources: Query<ListResources, Page<ResourceView>> {
        Query("resources.list", .permission(.readResource)) { [resources] input, _, tx in
            try resources.list(input, in: tx)
        }
    }

    var readResource: Query<ResourceByID, ResourceView> {
        Query("resources.read", .permission(.readResource)) { [resources] input, _, tx in
            try resources.find(input.id, in: tx)
        }
    }

    var createResource: Command<CreateResource, ResourceView> {
        Command("resources.create", .permission(.manageResources)) { [resourceWriter] input, call, tx in
            try resourceWriter.create(input, call, in: tx)
        }
    }

    var replaceResource: Command<ReplaceResource, ResourceView> {
        Command("resources.replace", .permission(.manageResources)) { [resourceWriter] input, call, tx in
            try resourceWriter.replace(input, call, in: tx)
        }
    }

    var archiveResource: Command<ResourceByID, Nothing> {
        Command("resources.archive", .permission(.manageResources)) { [resourceWriter] input, call, tx in
            try resourceWriter.archive(input.id, call, in: tx)
            return Nothing()
        }
    }

    var replaceAttributes: Command<ReplaceProviderAttributes, ProviderView> {
        Command("provider-attributes.replace", .permission(.manageProviders)) { [resourceWriter] input, call, tx in
            try resourceWriter.replace(input, call, in: tx)
        }
    }

    // MARK: Their time

    var readResourceHours: Query<ResourceByID, ResourceHoursView> {
        Query("resource-hours.read", .permission(.readResource)) { [resourceAvailability] input, call, tx in
            try resourceAvailability.hours(of: input.id, call, in: tx)
        }
    }

    var replaceResourceHours: Command<ReplaceResourceHours, ResourceHoursView> {
        Command("resource-hours.replace", .permission(.manageResources)) { [resourceAvailability] input, call, tx in
            try resourceAvailability.replace(input, call, in: tx)
        }
    }

    var listResourceBlocks: Query<ListResourceBlocks, Page<ResourceBlockView>> {
        Query("resource-blocks.list", .permission(.readResource)) { [resourceAvailability] input, call, tx in
            try resourceAvailability.blocks(input, call, in: tx)
        }
    }

    var blockResource: Command<BlockResource, ResourceBlockView> {
        Command("resource-blocks.create", .permission(.manageResources)) { [resourceAvailability] input, call, tx in
            try resourceAvailability.block(input, call, in: tx)
        }
    }

    var unblockResource: Command<UnblockResource, Nothing> {
        Command("resource-blocks.delete", .permission(.manageResources)) { [resourceAvailability] input, call, tx in
            try resourceAvailability.unblock(input, call, in: tx)
            return Nothing()
        }
    }
}
