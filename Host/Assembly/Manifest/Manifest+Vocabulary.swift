public import AlmanacKernel

extension Manifest {
    /// What this trade calls things: a lesson instead of a booking, a pupil instead of a customer.
    public struct Vocabulary: Sendable, Equatable {
        /// The word for a person or place that can be booked.
        public let provider: Term
        /// The word for a person who books.
        public let customer: Term
        /// The word for a booking.
        public let booking: Term
        /// The word for a room, a vehicle or whatever else bookings take.
        public let resource: Term
    }

    /// A word in every language in which the deployment has one of its own; none means the product's usual word.
    public struct Term: Sendable, Equatable {
        /// A word in one language.
        public struct Translation: Sendable, Equatable {
            /// The language, as a BCP 47 tag.
            public let language: String
            /// Its forms.
            public let forms: WordForms
        }

        /// The translations, in the order of writing.
        public let translations: [Translation]

        /// The forms in a language, or in the language without its region.
        ///
        /// - Parameter language: A BCP 47 tag.
        /// - Returns: The forms, or nothing where the deployment has no word of its own.
        public func forms(in language: String) -> WordForms? {
            let wanted = language.lowercased()
            let primary = wanted.split(separator: "-").first.map(String.init)
            return
                (self.translations.first { $0.language.lowercased() == wanted }
                ?? self.translations.first { $0.language.lowercased() == primary })?.forms
        }
    }

    /// The forms of a word, by the plural categories of Unicode's CLDR.
    public struct WordForms: Sendable, Equatable {
        /// One thing: `lesson`.
        public let one: String
        /// Any number that no other form is for: `lessons`.
        public let other: String
        /// No thing, where the language has a form for that.
        public let zero: String?
        /// Two things, where the language has a form for that.
        public let two: String?
        /// Few things, where the language has a form for that.
        public let few: String?
        /// Many things, where the language has a form for that.
        public let many: String?
    }
}

extension Manifest.Vocabulary: PluginSettings {
    /// Reads the section `vocabulary`.
    public init(from read: inout SettingsReader) throws {
        self.provider = try Manifest.Term("provider", "The word for who or what is booked, by language", &read)
        self.customer = try Manifest.Term("customer", "The word for who books, by language", &read)
        self.booking = try Manifest.Term("booking", "The word for a booking, by language", &read)
        self.resource = try Manifest.Term(
            "resource", "The word for a room or a thing that is booked along, by language", &read)
    }
}

extension Manifest.Term {
    fileprivate init(_ key: String, _ about: String, _ read: inout SettingsReader) throws {
        self.translations = try read.map(key, about, names: LanguageTag.self, Manifest.WordForms.self)
            .map { Translation(language: $0.name.text, forms: $0.value) }
    }
}

extension Manifest.WordForms: PluginSettings {
    /// Reads the forms of a word.
    public init(from read: inout SettingsReader) throws {
        self.one = read("one", "The word for one thing")
        self.other = read("other", "The word for any other number")
        self.zero = read.optional("zero", "The word for no thing")
        self.two = read.optional("two", "The word for two things")
        self.few = read.optional("few", "The word for few things")
        self.many = read.optional("many", "The word for many things")
    }
}
