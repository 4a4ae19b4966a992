/// The sentences of explanations, in the language of who asks.
struct ExplanationWords {
    /// What is said; the names in brackets in its texts are filled in.
    enum Sentence {
        case foreign
        case presentYet, presentPast
        case noticeKept, noticeShort
        case windowInside, windowOutside, anyDate
        case openInside, openPast, closed, hoursClosed
        case gridOn, gridBetween, and
        case capacity
        case limitFree, limitReached, limitBookings, limitMinutes, ofEventType, withProvider, day, week, month
        case claimsNone, claimsTaken
        case wayEnough, wayShort
        case gapsNone, gapsUseless
        case absence, dateOverride, holiday, weekly
    }

    private enum Language: String, CaseIterable { case en, de, fr }

    private let language: Language

    /// - Parameter languages: What the reader prefers, best first, as BCP 47 tags; English when none of them is known.
    init(_ languages: [String]) {
        self.language =
            languages.lazy.compactMap { tag in
                Language(rawValue: tag.split(separator: "-").first.map { $0.lowercased() } ?? "")
            }.first ?? .en
    }

    /// A sentence with what is filled in, by the names in its brackets.
    func callAsFunction(_ sentence: Sentence, _ values: [String: String] = [:]) -> String {
        let texts = Self.texts(sentence)
        let text =
            switch self.language {
            case .en: texts.en
            case .de: texts.de
            case .fr: texts.fr
            }
        return values.reduce(text) { $0.replacing("[\($1.key)]", with: $1.value) }
    }

    private static func texts(_ sentence: Sentence) -> (en: String, de: String, fr: String) {
        switch sentence {
        case .presentYet, .presentPast, .noticeKept, .noticeShort, .windowInside, .windowOutside, .anyDate:
            self.aboutTime(sentence)
        case .openInside, .openPast, .closed, .hoursClosed, .gridOn, .gridBetween, .and, .absence, .dateOverride,
            .holiday,
            .weekly:
            self.aboutHours(sentence)
        case .limitFree, .limitReached, .limitBookings, .limitMinutes, .ofEventType, .withProvider, .day, .week, .month:
            self.aboutLimits(sentence)
        default: self.aboutOthers(sentence)
        }
    }

    private static func aboutTime(_ sentence: Sentence) -> (en: String, de: String, fr: String) {
        switch sentence {
        case .presentYet:
            ("The start is yet to come.", "Der Beginn liegt in der Zukunft.", "Le début est à venir.")
        case .presentPast:
            ("The start is in the past.", "Der Beginn liegt in der Vergangenheit.", "Le début est passé.")
        case .noticeKept:
            (
                "The minimum notice of [minutes] minutes is kept.",
                "Der Mindestvorlauf von [minutes] Minuten ist eingehalten.",
                "Le préavis minimal de [minutes] minutes est respecté."
            )
        case .noticeShort:
            (
                "It must be booked [minutes] minutes ahead: now the earliest start is [earliest].",
                "Es muss [minutes] Minuten vorher gebucht werden: Der früheste Beginn ist jetzt [earliest].",
                "Il faut réserver [minutes] minutes à l’avance : le début le plus proche est [earliest]."
            )
        case .windowInside:
            (
                "The date can be booked: from [first] to [last].",
                "Das Datum kann gebucht werden: von [first] bis [last].",
                "La date est réservable : de [first] à [last]."
            )
        case .windowOutside:
            (
                "Only dates from [first] to [last] can be booked.",
                "Nur Daten von [first] bis [last] können gebucht werden.",
                "Seules les dates de [first] à [last] sont réservables."
            )
        default: ("any date", "beliebig", "toute date")
        }
    }

    private static func aboutHours(_ sentence: Sentence) -> (en: String, de: String, fr: String) {
        switch sentence {
        case .openInside:
            (
                "It lies within the hours: open from [from] to [to].",
                "Es liegt in den Öffnungszeiten: offen von [from] bis [to].",
                "C’est dans les horaires : ouvert de [from] à [to]."
            )
        case .openPast:
            (
                "It would last past the hours: open from [from] to [to].",
                "Es ginge über die Öffnungszeiten hinaus: offen von [from] bis [to].",
                "Cela dépasserait les horaires : ouvert de [from] à [to]."
            )
        case .closed:
            ("It is closed at this time.", "Zu dieser Zeit ist geschlossen.", "C’est fermé à cette heure.")
        case .hoursClosed: ("closed", "geschlossen", "fermé")
        case .gridOn: ("A start of the grid.", "Ein Beginn im Raster.", "Un début de la grille.")
        case .gridBetween:
            (
                "Between two starts of the grid; the nearest are [near].",
                "Zwischen zwei Anfängen des Rasters; die nächsten sind [near].",
                "Entre deux débuts de la grille ; les plus proches sont [near]."
            )
        case .and: ("and", "und", "et")
        case .absence:
            (
                "The provider is away on this date.", "An diesem Tag abwesend.", "Absence ce jour-là."
            )
        case .dateOverride:
            (
                "A date override says: [hours].", "Für dieses Datum gilt: [hours].", "Pour cette date : [hours]."
            )
        case .holiday:
            (
                "A holiday leaves of the weekly rules: [hours].", "Ein Feiertag lässt von den Wochenzeiten: [hours].",
                "Un jour férié laisse des horaires de la semaine : [hours]."
            )
        default:
            (
                "The weekly rules say: [hours].", "Die Wochenzeiten sagen: [hours].",
                "Les horaires de la semaine disent : [hours]."
            )
        }
    }

    private static func aboutLimits(_ sentence: Sentence) -> (en: String, de: String, fr: String) {
        switch sentence {
        case .limitFree: ("No limit is reached.", "Keine Obergrenze ist erreicht.", "Aucune limite n’est atteinte.")
        case .limitReached:
            (
                "In this [period] [counts] [holder] are booked.",
                "In diesem Zeitraum ([period]) sind [counts] [holder] gebucht.",
                "Sur cette période ([period]), [counts] [holder] sont réservés."
            )
        case .limitBookings:
            ("[count] of [most] bookings", "[count] von [most] Buchungen", "[count] réservations sur [most]")
        case .limitMinutes:
            ("[count] of [most] minutes", "[count] von [most] Minuten", "[count] minutes sur [most]")
        case .ofEventType: ("of this event type", "dieser Terminart", "de cette prestation")
        case .withProvider: ("with this provider", "bei dieser Person", "avec cette personne")
        case .day: ("day", "Tag", "jour")
        case .week: ("week", "Woche", "semaine")
        default: ("month", "Monat", "mois")
        }
    }

    private static func aboutOthers(_ sentence: Sentence) -> (en: String, de: String, fr: String) {
        switch sentence {
        case .foreign:
            (
                "This provider does not give this event type.", "Diese Person bietet diese Terminart nicht an.",
                "Cette personne n’assure pas cette prestation."
            )
        case .capacity:
            (
                "[needed] of [units] units are needed.", "[needed] von [units] Einheiten werden gebraucht.",
                "[needed] unités sur [units] sont nécessaires."
            )
        case .claimsNone:
            (
                "Nothing that is taken is in the way.", "Nichts Belegtes steht im Weg.", "Rien d’occupé ne gêne."
            )
        case .claimsTaken:
            (
                "[count] taken time(s) in the way.", "Belegte Zeiten im Weg: [count].",
                "Temps occupés qui gênent : [count]."
            )
        case .wayEnough:
            (
                "Enough time is left for the way from and to what is booked elsewhere.",
                "Für die Wege von und zu anderen Orten bleibt genug Zeit.",
                "Il reste assez de temps pour les trajets vers et depuis d’autres lieux."
            )
        case .wayShort:
            (
                "Too little time is left for the way from or to [count] appointment(s) elsewhere.",
                "Für den Weg von oder zu Terminen anderswo bleibt zu wenig Zeit (Termine: [count]).",
                "Il reste trop peu de temps pour le trajet vers ou depuis d’autres rendez-vous ([count])."
            )
        case .gapsNone:
            (
                "No useless time is left beside it.", "Daneben bleibt keine unbrauchbare Zeit.",
                "Il ne reste pas de temps inutilisable à côté."
            )
        default:
            (
                "It would leave free time beside it that is too short to be of use.",
                "Daneben bliebe freie Zeit, die zu kurz ist, um brauchbar zu sein.",
                "Il resterait à côté un temps libre trop court pour servir."
            )
        }
    }
}
