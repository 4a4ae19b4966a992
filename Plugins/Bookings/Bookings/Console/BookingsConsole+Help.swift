internal import AlmanacSurface

/// What is said beside the fields of forms in German and French; in English it is what the API says of them.
extension BookingsCore {
    static let help: [String: ConsoleText] = Self.bookingHelp.merging(Self.eventTypeHelp) { first, _ in first }
        .merging(Self.peopleHelp) { first, _ in first }
        .merging(Self.fieldNames) { first, _ in first }

    private static let bookingHelp: [String: ConsoleText] = [
        "about.bookings.eventType": [
            "de": "Id oder Kurzname der Terminart.", "fr": "Id ou nom court de la prestation.",
        ],
        "about.bookings.start": [
            "de": "Einer der Anfänge, die frei sind.", "fr": "Un des débuts qui sont libres.",
        ],
        "about.bookings.provider": [
            "de": "Ohne Angabe, wer frei ist und am wenigsten zu tun hat; beim Verlegen wie bisher.",
            "fr": "Sans indication, qui est libre et le moins occupé ; en déplaçant, comme avant.",
        ],
        "about.bookings.customer": [
            "de": "Für wen, wenn nicht für Sie selbst.", "fr": "Pour qui, si ce n’est pas pour vous.",
        ],
        "about.bookings.location": [
            "de": "Wo, wenn mehrere Orte zur Wahl stehen; beim Verlegen wie bisher.",
            "fr": "Où, si plusieurs lieux sont possibles ; en déplaçant, comme avant.",
        ],
        "about.bookings.seats": [
            "de": "Wie viele teilnehmen, wo es mehrere Plätze gibt.",
            "fr": "Combien de personnes, s’il y a plusieurs places.",
        ],
        "about.bookings.session": [
            "de": "Wohin eine Buchung eines festen Termins geht: derselben Terminart.",
            "fr": "Où va une réservation d’une séance : de la même prestation.",
        ],
        "about.bookings.notes": ["de": "Für die Mitarbeitenden.", "fr": "Pour le personnel."],
        "about.bookings.addressLines": [
            "de": "Wo, wenn es bei {customers} stattfindet.", "fr": "Où, si cela a lieu chez le client.",
        ],
        "about.bookings.reason": [
            "de": "Bleibt im Verlauf der Buchung.", "fr": "Reste dans l’historique de la réservation.",
        ],
        "about.bookings.chargeFee": [
            "de": "Ob geschuldet wird, was dafür vereinbart ist. Ohne Angabe nur, wenn {customers} es selbst tun.",
            "fr": "Si ce qui est convenu est dû. Sans indication, seulement si le client agit lui-même.",
        ],
    ]

    private static let eventTypeHelp: [String: ConsoleText] = [
        "about.event-types.slug": [
            "de": "Bleibender Kurzname, einmalig in der Organisation.",
            "fr": "Nom court permanent, unique dans l’organisation.",
        ],
        "about.event-types.name": [
            "de": "Was {customers} lesen: ein Text oder einer je Sprache.",
            "fr": "Ce que lisent les clients : un texte, ou un par langue.",
        ],
        "about.event-types.durationMinutes": ["de": "Wie lange es dauert.", "fr": "Combien de temps cela dure."],
        "about.event-types.bufferBeforeMinutes": ["de": "Zeit, die davor frei bleibt.", "fr": "Temps libre avant."],
        "about.event-types.bufferAfterMinutes": ["de": "Zeit, die danach frei bleibt.", "fr": "Temps libre après."],
        "about.event-types.minimumNoticeMinutes": [
            "de": "Wie lange vor dem Beginn man spätestens bucht.",
            "fr": "Combien de temps avant le début au plus tard.",
        ],
        "about.event-types.bookingWindowDays": [
            "de": "Wie viele Tage im Voraus man buchen kann.", "fr": "Combien de jours à l’avance on peut réserver.",
        ],
        "about.event-types.slotIntervalMinutes": [
            "de": "Abstand der Anfänge; ohne Angabe die Dauer.", "fr": "Écart entre les débuts ; sinon la durée.",
        ],
        "about.event-types.bookableFrom": [
            "de": "Der erste Tag, der gebucht werden kann.", "fr": "La première date réservable.",
        ],
        "about.event-types.bookableTo": [
            "en": "The last date that can be booked; the days ahead count too.",
            "de": "Der letzte Tag, der gebucht werden kann; der Vorlauf in Tagen gilt auch.",
            "fr": "La dernière date réservable ; le délai en jours compte aussi.",
        ],
        "about.event-types.startOffsetMinutes": [
            "de": "Um wie viel die Anfänge nach dem Beginn der Öffnungszeiten liegen; weniger als der Abstand.",
            "fr": "De combien les débuts suivent l’ouverture ; moins que l’écart.",
        ],
        "about.event-types.minimumGapMinutes": [
            "de": "Die kürzeste freie Zeit zu den Nachbarn; sie dürfen auch anschließen.",
            "fr": "Le plus court temps libre avec les voisins ; ils peuvent aussi se toucher.",
        ],
        "about.event-types.packing": [
            "de": "Ob Anfänge wegfallen, neben denen zu wenig Zeit für eine weitere Buchung bliebe.",
            "fr": "Si les débuts qui laisseraient trop peu de temps à une autre réservation sont écartés.",
        ],
        "about.event-types.limits": [
            "de": "Wie viel davon gebucht werden darf, bei allen zusammen.",
            "fr": "Combien on peut en réserver, toutes personnes confondues.",
        ],
        "about.event-types.limits.period": [
            "de": "Tage des eigenen Kalenders; Wochen beginnen wie in der Organisation.",
            "fr": "Dates du calendrier de la personne ; la semaine commence comme dans l’organisation.",
        ],
        "about.event-types.limits.bookings": [
            "de": "Wie viele Buchungen es geben darf.", "fr": "Combien de réservations sont permises.",
        ],
        "about.event-types.limits.minutes": [
            "de": "Wie lange sie zusammen dauern dürfen, ohne Puffer.", "fr": "Leur durée totale permise, sans marges.",
        ],
        "about.event-types.providers": [
            "de": "Wer es gibt, die Bevorzugten zuerst.", "fr": "Qui l’assure, par préférence.",
        ],
        "about.event-types.requiresApproval": [
            "de": "Ob Buchungen warten, bis jemand sie freigibt.",
            "fr": "Si les réservations attendent que quelqu’un les approuve.",
        ],
        "about.event-types.approvalMinutes": [
            "de": "Binnen wie vielen Minuten; sonst verfallen sie.",
            "fr": "En combien de minutes ; sinon elles expirent.",
        ],
        "about.event-types.policies": [
            "de": "Was Änderungen {customers} kosten; ohne Angabe wie in der Organisation.",
            "fr": "Ce que les changements coûtent ; sinon comme dans l’organisation.",
        ],
        "about.event-types.policies.cancellation.tiers": [
            "en": "The first that fits counts; the last one has no time left.",
            "de": "Die erste passende Stufe gilt; die letzte hat keine Frist.",
            "fr": "Le premier palier qui convient compte ; le dernier n’a pas de délai.",
        ],
        "about.event-types.policies.rescheduling.tiers": [
            "en": "The first that fits counts; the last one has no time left.",
            "de": "Die erste passende Stufe gilt; die letzte hat keine Frist.",
            "fr": "Le premier palier qui convient compte ; le dernier n’a pas de délai.",
        ],
        "about.event-types.*.untilMinutes": [
            "de": "Sie gilt, solange noch so viele Minuten bleiben.",
            "fr": "Il compte tant qu’il reste autant de minutes.",
        ],
        "about.event-types.*.percent": [
            "de": "Vom Preis, kaufmännisch gerundet.", "fr": "Du prix, arrondi au plus proche.",
        ],
        "about.event-types.*.amount": [
            "de": "In der kleinsten Einheit der Währung des Preises.", "fr": "Dans la plus petite unité de la monnaie.",
        ],
        "about.event-types.policies.cancellation.closedMinutes": [
            "de": "Ab so vielen Minuten vor dem Beginn können {customers} nicht mehr selbst absagen.",
            "fr": "Minutes avant le début à partir desquelles on ne peut plus annuler soi-même.",
        ],
        "about.event-types.policies.rescheduling.closedMinutes": [
            "de": "Ab so vielen Minuten vor dem Beginn können {customers} nicht mehr selbst verlegen.",
            "fr": "Minutes avant le début à partir desquelles on ne peut plus déplacer soi-même.",
        ],
        "about.event-types.policies.rescheduling.most": [
            "de": "Wie oft {customers} eine Buchung selbst verlegen dürfen.",
            "fr": "Combien de fois on peut déplacer une réservation soi-même.",
        ],
        "about.event-types.policies.noShow.graceMinutes": [
            "de": "Wie viel Verspätung bleibt, bevor das Nichterscheinen vermerkt werden kann.",
            "fr": "Le retard toléré avant que l’absence puisse être notée.",
        ],
        "about.event-types.allowsSeries": [
            "de": "Ob es als Serie gebucht werden kann.", "fr": "Si on peut le réserver en série.",
        ],
        "about.event-types.seriesOccurrences": [
            "de": "Wie viele Termine eine Serie haben darf; ohne Angabe wie in der Organisation.",
            "fr": "Combien de séances une série peut avoir ; sinon comme dans l’organisation.",
        ],
        "about.event-types.allowsGuests": [
            "de": "Ob Leute ohne Konto es buchen dürfen; ohne Angabe wie in der Organisation.",
            "fr": "Si l’on peut réserver sans compte ; sinon comme dans l’organisation.",
        ],
        "about.event-types.capacity": [
            "de": "Wie viele Plätze ein Termin hat, die sich Buchungen teilen.",
            "fr": "Combien de places a une séance, partagées entre réservations.",
        ],
        "about.event-types.hosting": [
            "de": "Wie unter ihnen gefunden wird, wer es gibt.", "fr": "Comment on trouve parmi eux qui l’assure.",
        ],
        "about.event-types.hosting.mode": [
            "de": "Eine Person, die gewählt wird oder am wenigsten zu tun hat; irgendeine, reihum; oder alle zusammen.",
            "fr": "Une personne choisie ou la moins occupée ; n’importe laquelle, à tour de rôle ; ou toutes ensemble.",
        ],
        "about.event-types.hosting.choice": [
            "de": "Was {customers} wählen: erst die Person, erst die Zeit, oder nur die Zeit.",
            "fr": "Ce que l’on choisit : d’abord la personne, d’abord l’heure, ou l’heure seule.",
        ],
        "about.event-types.hosting.fairness": [
            "de": "Wovon reihum gleich viel verteilt wird.", "fr": "Ce qui est réparti équitablement.",
        ],
        "about.event-types.hosting.fairnessDays": [
            "de": "Nur was so viele Tage davor oder danach beginnt, zählt.",
            "fr": "Seul compte ce qui commence tant de jours avant ou après.",
        ],
        "about.event-types.hosting.ranks": [
            "de": "Wer fehlt, hat Vorrang 0 und Gewicht 1.", "fr": "Qui manque a la priorité 0 et le poids 1.",
        ],
        "about.event-types.hosting.ranks.provider": [
            "de": "Eine von denen, die es geben.", "fr": "Une de celles qui l’assurent.",
        ],
        "about.event-types.hosting.ranks.priority": [
            "de": "Wer mehr hat, wird zuerst gefragt.", "fr": "Qui en a plus est demandé d’abord.",
        ],
        "about.event-types.hosting.ranks.weight": [
            "de": "Wer doppelt so viel hat, bekommt doppelt so viele.", "fr": "Qui en a le double en reçoit le double.",
        ],
        "about.event-types.hosting.allOf": [
            "de": "Eigenschaften, die alle haben müssen.", "fr": "Caractéristiques que chacun doit avoir.",
        ],
        "about.event-types.hosting.anyOf": [
            "de": "Eigenschaften, von denen alle eine haben müssen.",
            "fr": "Caractéristiques dont chacun doit avoir une.",
        ],
        "about.event-types.requirements": [
            "de": "Was eine Buchung außerdem belegt, jedes ein anderes.",
            "fr": "Ce qu’une réservation occupe en plus, chaque fois autre chose.",
        ],
        "about.event-types.requirements.kind": [
            "de": "Eine Person wird unter den Mitarbeitenden gefunden.",
            "fr": "Une personne est cherchée parmi le personnel.",
        ],
        "about.event-types.requirements.count": ["de": "Wie viele verschiedene.", "fr": "Combien de différentes."],
        "about.event-types.requirements.units": [
            "de": "Wie viel vom Fassungsvermögen jedes einzelnen.", "fr": "Quelle part de la capacité de chacune.",
        ],
        "about.event-types.requirements.allOf": [
            "de": "Eigenschaften, die jedes haben muss.", "fr": "Caractéristiques que chacune doit avoir.",
        ],
        "about.event-types.requirements.anyOf": [
            "de": "Eigenschaften, von denen jedes eine haben muss.",
            "fr": "Caractéristiques dont chacune doit avoir une.",
        ],
        "about.event-types.*.name": [
            "de": "Groß- und Kleinschreibung zählt nicht.", "fr": "Majuscules et espaces ne comptent pas.",
        ],
        "about.event-types.*.value": [
            "de": "Groß- und Kleinschreibung zählt nicht.", "fr": "Majuscules et espaces ne comptent pas.",
        ],
        "about.event-types.place": [
            "de": "Wo es stattfindet; ohne Angabe wird dazu nichts gesagt.",
            "fr": "Où cela a lieu ; sans indication, rien n’est dit.",
        ],
        "about.event-types.place.kind": [
            "de": "An einem der Orte, bei {customers}, am Telefon oder per Video.",
            "fr": "Dans un des lieux, chez le client, par téléphone ou par vidéo.",
        ],
        "about.event-types.place.locations": [
            "de": "Die bevorzugten zuerst; unter mehreren wählen {customers}.",
            "fr": "Par préférence ; entre plusieurs, le client choisit.",
        ],
        "about.event-types.place.link": [
            "de": "Die https-Adresse des Treffens, die nur erfährt, wer bucht.",
            "fr": "L’adresse https de la rencontre, dite à qui réserve seulement.",
        ],
    ]

    private static let peopleHelp: [String: ConsoleText] = [
        "about.providers.person": [
            "de": "Jemand, der schon bekannt ist; dann bleiben Name, E-Mail und Telefon leer.",
            "fr": "Quelqu’un de déjà connu ; laissez alors nom, e-mail et téléphone vides.",
        ],
        "about.providers.name": ["de": "Der Name, den {customers} sehen.", "fr": "Le nom que voient les clients."],
        "about.providers.bio": ["de": "Für {customers}.", "fr": "Pour les clients."],
        "about.timeZone": [
            "de": "Ohne Angabe die der Organisation.", "fr": "Sans indication, celui de l’organisation.",
        ],
        "about.locale": [
            "de": "Ein Sprachkürzel wie de oder fr-CA; ohne Angabe die Sprache der Organisation.",
            "fr": "Un code de langue comme fr ou de-AT ; sinon la langue de l’organisation.",
        ],
        "about.resources.kind": [
            "de": "Ein Raum oder ein Fahrzeug; Personen haben ihre eigene Liste.",
            "fr": "Une salle ou un véhicule ; les personnes ont leur propre liste.",
        ],
        "about.resources.name": [
            "de": "Wie es heißt; {customers} sehen das bei ihrer Buchung.",
            "fr": "Son nom ; les clients le voient dans leur réservation.",
        ],
        "about.resources.capacity": [
            "de": "Wie viel davon zur selben Zeit belegt sein kann.", "fr": "Combien peut être occupé au même moment.",
        ],
        "about.resources.attributes": [
            "de": "Was darauf zutrifft: Getriebe ist Automatik.",
            "fr": "Ce qui le caractérise : boîte est automatique.",
        ],
        "about.resources.attributes.name": [
            "de": "Groß- und Kleinschreibung zählt nicht.", "fr": "Majuscules et espaces ne comptent pas.",
        ],
        "about.resources.attributes.value": [
            "de": "Groß- und Kleinschreibung zählt nicht.", "fr": "Majuscules et espaces ne comptent pas.",
        ],
        "about.locations.name": ["de": "Was {customers} lesen.", "fr": "Ce que lisent les clients."],
        "about.locations.addressLines": [
            "de": "Wie auf einem Brief.", "fr": "Comme sur une lettre.",
        ],
        "about.locations.coordinates": [
            "de": "Wo es ist: für Karten und dafür, wie lange man dorthin braucht.",
            "fr": "Où c’est : pour les cartes et le temps de trajet.",
        ],
        "about.locations.coordinates.latitude": ["de": "Grad nach Norden.", "fr": "Degrés vers le nord."],
        "about.locations.coordinates.longitude": ["de": "Grad nach Osten.", "fr": "Degrés vers l’est."],
        "about.blocked-times.end": [
            "de": "Nach dem Beginn, höchstens 800 Tage.", "fr": "Après le début, 800 jours au plus.",
        ],
        "about.blocked-times.reason": ["de": "Für die Mitarbeitenden.", "fr": "Pour le personnel."],
    ]

    /// What the fields of the catalog's forms are called.
    private static let fieldNames: [String: ConsoleText] = [
        "field.slug": ["en": "Short name", "de": "Kurzname", "fr": "Nom court"],
        "field.bookingWindowDays": ["en": "Days ahead", "de": "Tage im Voraus", "fr": "Jours à l’avance"],
        "field.slotIntervalMinutes": ["en": "Between starts", "de": "Abstand der Anfänge", "fr": "Écart des débuts"],
        "field.bookableFrom": ["en": "Bookable from", "de": "Buchbar ab", "fr": "Réservable dès le"],
        "field.bookableTo": ["en": "Bookable until", "de": "Buchbar bis", "fr": "Réservable jusqu’au"],
        "field.startOffsetMinutes": [
            "en": "Starts shifted by", "de": "Anfänge versetzt um", "fr": "Débuts décalés de",
        ],
        "field.minimumGapMinutes": ["en": "Least gap", "de": "Kleinste Lücke", "fr": "Écart minimal"],
        "field.packing": ["en": "Avoid short gaps", "de": "Kurze Lücken vermeiden", "fr": "Éviter les petits trous"],
        "field.limits": ["en": "Limits", "de": "Obergrenzen", "fr": "Limites"],
        "field.period": ["en": "Per", "de": "Je", "fr": "Par"],
        "field.minutes": ["en": "Minutes", "de": "Minuten", "fr": "Minutes"],
        "field.policies": ["en": "Policies", "de": "Bedingungen", "fr": "Conditions"],
        "field.cancellation": ["en": "Cancelling", "de": "Absagen", "fr": "Annulation"],
        "field.rescheduling": ["en": "Moving", "de": "Verlegen", "fr": "Déplacement"],
        "field.noShow": ["en": "No show", "de": "Nicht erschienen", "fr": "Absence"],
        "field.tiers": ["en": "Fees", "de": "Gebühren", "fr": "Frais par palier"],
        "field.untilMinutes": ["en": "Time left, at least", "de": "Noch mindestens", "fr": "Reste au moins"],
        "field.percent": ["en": "Percent", "de": "Prozent", "fr": "Pour cent"],
        "field.amount": ["en": "Amount", "de": "Betrag", "fr": "Montant"],
        "field.closedMinutes": ["en": "Closes before the start", "de": "Zu vor Beginn", "fr": "Clos avant le début"],
        "field.most": ["en": "At most", "de": "Höchstens", "fr": "Au plus"],
        "field.graceMinutes": ["en": "Grace", "de": "Karenz", "fr": "Tolérance"],
        "field.allowsSeries": ["en": "May be a series", "de": "Als Serie buchbar", "fr": "Réservable en série"],
        "field.seriesOccurrences": ["en": "Longest series", "de": "Längste Serie", "fr": "Série la plus longue"],
        "field.allowsGuests": ["en": "Without an account", "de": "Ohne Konto buchbar", "fr": "Sans compte"],
        "field.hosting": ["en": "Who gives it", "de": "Wer es gibt", "fr": "Qui l’assure"],
        "field.mode": ["en": "How many", "de": "Wie viele", "fr": "Combien"],
        "field.choice": ["en": "Choice", "de": "Auswahl", "fr": "Choix"],
        "field.fairness": ["en": "Shared out by", "de": "Verteilt nach", "fr": "Réparti selon"],
        "field.fairnessDays": ["en": "Days that count", "de": "Tage, die zählen", "fr": "Jours qui comptent"],
        "field.ranks": ["en": "Ranks", "de": "Reihenfolge", "fr": "Ordre"],
        "field.priority": ["en": "Priority", "de": "Vorrang", "fr": "Priorité"],
        "field.weight": ["en": "Weight", "de": "Gewicht", "fr": "Poids"],
        "field.allOf": ["en": "All of", "de": "Alle von", "fr": "Tous parmi"],
        "field.anyOf": ["en": "One of", "de": "Eines von", "fr": "Un parmi"],
        "field.requirements": ["en": "Takes besides", "de": "Belegt außerdem", "fr": "Occupe aussi"],
        "field.units": ["en": "Units", "de": "Einheiten", "fr": "Unités"],
        "field.link": ["en": "Link", "de": "Link", "fr": "Lien"],
        "field.locations": ["en": "Locations", "de": "Orte", "fr": "Lieux"],
        "field.coordinates": ["en": "Coordinates", "de": "Koordinaten", "fr": "Coordonnées"],
        "field.latitude": ["en": "Latitude", "de": "Breite", "fr": "Latitude"],
        "field.longitude": ["en": "Longitude", "de": "Länge", "fr": "Longitude"],
        "field.chargeFee": ["en": "Charge the fee", "de": "Gebühr verlangen", "fr": "Exiger les frais"],
        "value.ownDuration": ["en": "For its own length", "de": "Für die eigene Dauer", "fr": "Pour sa propre durée"],
        "value.shortestDuration": ["en": "For the shortest", "de": "Für die kürzeste", "fr": "Pour la plus courte"],
        "value.none": ["en": "No", "de": "Nein", "fr": "Non"],
        "value.one": ["en": "One", "de": "Eine Person", "fr": "Une personne"],
        "value.any": ["en": "Any, in turn", "de": "Irgendeine, reihum", "fr": "N’importe, à tour de rôle"],
        "value.all": ["en": "All together", "de": "Alle zusammen", "fr": "Toutes ensemble"],
        "value.providerFirst": ["en": "{Provider} first", "de": "Erst die Person", "fr": "D’abord la personne"],
        "value.timeFirst": ["en": "Time first", "de": "Erst die Zeit", "fr": "D’abord l’heure"],
        "value.timeOnly": ["en": "Time alone", "de": "Nur die Zeit", "fr": "L’heure seule"],
        "value.minutes": ["en": "Minutes", "de": "Minuten", "fr": "Minutes"],
        "value.count": ["en": "Number", "de": "Anzahl", "fr": "Nombre"],
        "value.day": ["en": "Day", "de": "Tag", "fr": "Jour"],
        "value.week": ["en": "Week", "de": "Woche", "fr": "Semaine"],
        "value.month": ["en": "Month", "de": "Monat", "fr": "Mois"],
        "value.person": ["en": "Person", "de": "Person", "fr": "Personne"],
        "value.location": ["en": "Location", "de": "Ort", "fr": "Lieu"],
        "value.customer": ["en": "At the {customer}’s", "de": "Bei {customers}", "fr": "Chez le client"],
        "value.phone": ["en": "Telephone", "de": "Telefon", "fr": "Téléphone"],
        "value.video": ["en": "Video", "de": "Video", "fr": "Vidéo"],
    ]
}
