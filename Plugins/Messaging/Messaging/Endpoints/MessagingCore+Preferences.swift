internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

extension MessagingCore {
    /// How people want to be told.
    @ContributionBuilder var preferenceEndpoints: Contributions {
        Endpoint.get("/me/message-preferences", self.readOwnPreferences, "Shows how the caller wants to be told.")
            .inProduct()
        Endpoint.put("/me/message-preferences", self.replaceOwnPreferences, "Replaces how the caller wants to be told.")
            .inProduct()
        Endpoint.get(
            "/message-preferences/{person}", self.readPreferences, "Shows how a person wants to be told."
        ).inProduct()
        Endpoint.put(
            "/message-preferences/{person}", self.replacePreferences, "Replaces how a person wants to be told."
        ).inProduct()
    }

    var readOwnPreferences: Query<Nothing, PreferencesView> {
        Query("message-preferences.read-own", .signedIn) { [preferences] _, call, tx in
            try preferences.own(call, in: tx)
        }
    }

    var replaceOwnPreferences: Command<ReplaceOwnPreferences, PreferencesView> {
        Command("message-preferences.replace-own", .signedIn) { [preferences] input, call, tx in
            try preferences.replaceOwn(input, call, in: tx)
        }
    }

    var readPreferences: Query<PreferencesByPerson, PreferencesView> {
        Query("message-preferences.read", .permission(.manageMessagePreferences)) { [preferences] input, _, tx in
            try preferences.find(input.person, in: tx)
        }
    }

    var replacePreferences: Command<ReplacePreferences, PreferencesView> {
        Command("message-preferences.replace", .permission(.manageMessagePreferences)) {
            [preferences] input, call, tx in
            try preferences.replace(input, call, in: tx)
        }
    }
}
