internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which users look at their own profile and change it.
enum ProfileEndpoints {
    static var all: [Endpoint] {
        [
            Endpoint.get("/me/profile", self.read, "Shows the caller's profile."),
            Endpoint.patch("/me/profile", self.change, "Changes parts of the caller's profile."),
        ].map { $0.inProduct() }
    }

    struct ProfileView: Codable, Sendable, Versioned {
        let user: ID<User>
        let email: String
        let emailVerifiedAt: Instant?
        let person: ID<Person>
        let givenName: String
        let familyName: String
        let displayName: String?
        let username: String?
        let slug: String?
        let phone: String?
        let locale: String?
        let timeZone: Zone?
        let preferences: JSON
        let version: Int

        init(_ login: Profiles.Login, _ profile: Profiles.Profile) {
            self.user = login.user
            self.email = login.email
            self.emailVerifiedAt = login.emailVerifiedAt
            self.person = profile.person
            self.givenName = profile.givenName
            self.familyName = profile.familyName
            self.displayName = profile.displayName
            self.username = profile.username
            self.slug = profile.slug
            self.phone = profile.phone
            self.locale = profile.locale
            self.timeZone = profile.zone
            self.preferences = profile.preferences
            self.version = profile.version
        }
    }

    private static let read = Query<Nothing, ProfileView>("kernel.profile.read", .signedIn) { _, _, tx in
        ProfileView(try Profiles().login(in: tx), try Profiles().read(in: tx))
    }

    struct ChangeProfile: APIInput {
        let givenName: String?
        let familyName: String?
        let displayName: Patch<String>
        let username: Patch<String>
        let slug: Patch<String>
        let phone: Patch<String>
        let locale: Patch<String>
        let timeZone: Patch<Zone>
        let preferences: JSON?

        static let nullMeansAbsent = false
        static let constraints: [String: Constraint] = [
            "givenName": .text(0...200, "First and middle names."),
            "familyName": .text(0...200, "Family name."),
            "displayName": .text(1...200, "What the person wants to be called."),
            "username": .text(3...32, "A name of one word that nobody else in the organization has."),
            "slug": .text(1...63, "The name in addresses of pages, which nobody else in the organization has."),
            "phone": .text(1...50, "Where calls go."),
            "locale": .text(2...35, "The preferred language as a BCP 47 tag."),
            "preferences": .field(
                default: nil, "How the person likes to have things: an object that takes the old one's place."),
        ]
    }

    private static let change = Command<ChangeProfile, ProfileView>("kernel.profile.change", .signedIn) {
        input, _, tx in
        let changed = try Profiles().change(in: tx) { profile in
            profile.givenName = input.givenName ?? profile.givenName
            profile.familyName = input.familyName ?? profile.familyName
            profile.displayName = input.displayName.applied(to: profile.displayName)
            profile.username = input.username.applied(to: profile.username)
            profile.slug = input.slug.applied(to: profile.slug)
            profile.phone = input.phone.applied(to: profile.phone)
            profile.locale = input.locale.applied(to: profile.locale)
            profile.zone = input.timeZone.applied(to: profile.zone)
            profile.preferences = input.preferences ?? profile.preferences
        }
        return ProfileView(try Profiles().login(in: tx.reading), changed)
    }
}
