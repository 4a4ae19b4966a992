internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Where appointments take place, and how long the ways between take.
    @ContributionBuilder var locationEndpoints: Contributions {
        Endpoint.get("/locations", self.listLocations, "Lists where appointments take place, by name.").inProduct()
        Endpoint.get("/locations/{id}", self.readLocation, "Shows a location.").inProduct()
        Endpoint.post("/locations", self.createLocation, "Makes a location.").inProduct()
        Endpoint.put("/locations/{id}", self.replaceLocation, "Replaces a location.").inProduct()
        Endpoint.delete("/locations/{id}", self.archiveLocation, "Takes a location out of the catalog.").inProduct()
        Endpoint.document("/exports/locations.csv", self.exportLocations, as: .csv, "Gives the locations as a file.")
            .inProduct()
        Endpoint.document(
            "/exports/travel-times.csv", self.exportTravelTimes, as: .csv, "Gives the stated travel times as a file."
        ).inProduct()
        Endpoint.get(
            "/locations/{id}/travel-times", self.readTravelTimes, "Tells how long the ways from a location take."
        ).inProduct()
        Endpoint.put(
            "/locations/{id}/travel-times", self.replaceTravelTimes, "Says how long the ways from a location take."
        ).inProduct()
    }

    var listLocations: Query<PageInput, Page<LocationView>> {
        Query("locations.list", .everyone) { [locations] input, _, tx in try locations.list(input, in: tx) }
    }

    var readLocation: Query<LocationByID, LocationView> {
        Query("locations.read", .everyone) { [locations] input, _, tx in try locations.find(input.id, in: tx) }
    }

    private var export: LocationExport { LocationExport(catalogs: self.catalogs) }

    var exportLocations: Query<Nothing, Document> {
        Query("locations.export", .permission(.manageCatalog)) { [export] _, call, tx in
            try export.locations(call, in: tx)
        }
    }

    var exportTravelTimes: Query<Nothing, Document> {
        Query("travel-times.export", .permission(.manageCatalog)) { [export] _, call, tx in
            try export.travelTimes(call, in: tx)
        }
    }

    var createLocation: Command<CreateLocation, LocationView> {
        Command("locations.create", .permission(.manageCatalog)) { [locationWriter] input, call, tx in
            try locationWriter.create(input, call, in: tx)
        }
    }

    var replaceLocation: Command<ReplaceLocation, LocationView> {
        Command("locations.replace", .permission(.manageCatalog)) { [locationWriter] input, call, tx in
            try locationWriter.replace(input, call, in: tx)
        }
    }

    var archiveLocation: Command<LocationByID, Nothing> {
        Command("locations.archive", .permission(.manageCatalog)) { [locationWriter] input, call, tx in
            try locationWriter.archive(input.id, call, in: tx)
            return Nothing()
        }
    }

    var readTravelTimes: Query<LocationByID, TravelTimesView> {
        Query("travel-times.read", .permission(.readAvailability)) { [locations] input, _, tx in
            try locations.travelTimes(from: input.id, in: tx)
        }
    }

    var replaceTravelTimes: Command<ReplaceTravelTimes, TravelTimesView> {
        Command("travel-times.replace", .permission(.manageCatalog)) { [locationWriter] input, call, tx in
            try locationWriter.replace(input, call, in: tx)
        }
    }
}
