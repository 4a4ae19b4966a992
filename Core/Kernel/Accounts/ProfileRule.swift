internal import AlmanacStorage

/// What the fields of a profile may hold, beyond their types and lengths.
enum ProfileRule {
    /// How many bytes of JSON the preferences may take.
    static let maximumPreferences = 8_192

    /// Refuses a profile that will not do, and brings its language tag into the usual form.
    ///
    /// - Throws: ``Refusal`` of kind `invalid` that names every field.
    static func check(_ profile: inout Profiles.Profile) throws {
        var fields: [Refusal.Field] = []
        if let username = profile.username, !self.isUsername(username) {
            fields.append(
                .init(
                    "/username", "username_invalid",
                    "a user name has 3 to 32 letters, digits, dots, hyphens or underscores and begins with a letter"))
        }
        if let slug = profile.slug, !self.isSlug(slug) {
            fields.append(
                .init(
                    "/slug", "slug_invalid",
                    "a name in addresses has 1 to 63 lower-case letters, digits and inner hyphens"))
        }
        if let locale = profile.locale {
            profile.locale = LanguageTag.normalized(locale)
            if profile.locale == nil {
                fields.append(.init("/locale", "locale_invalid", "a language is a tag such as de or de-CH"))
            }
        }
        if profile.preferences.object == nil || profile.preferences.serialized.count > self.maximumPreferences {
            fields.append(
                .init(
                    "/preferences", "preferences_invalid",
                    "preferences are an object of at most \(self.maximumPreferences) bytes"))
        }
        guard let first = fields.first else { return }
        throw Refusal(.invalid, first.code, first.detail, fields: fields)
    }

    /// Letters of any script, so that people can have their names; the key tells those apart that look alike.
    private static func isUsername(_ text: String) -> Bool {
        let scalars = FoldKey(text).text.unicodeScalars
        guard (3...32).contains(scalars.count), (3...32).contains(text.unicodeScalars.count),
            scalars.first?.properties.isAlphabetic == true
        else { return false }
        return scalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
                || scalar.properties.generalCategory == .nonspacingMark || [".", "-", "_"].contains(scalar)
        }
    }

    private static func isSlug(_ text: String) -> Bool {
        let bytes = text.utf8
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(bytes.count) && bytes.first != hyphen && bytes.last != hyphen
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }
}
