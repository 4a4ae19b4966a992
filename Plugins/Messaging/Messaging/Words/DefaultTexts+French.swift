internal import MessagingAPI

extension DefaultTexts {
    static func french(_ type: MessageType, _ audience: MessageAudience) -> Words {
        let greeting = "Bonjour{{#recipient}} {{recipient}}{{/recipient}},"
        let closing =
            "{{#place}}Lieu : {{place}}. {{/place}}Numéro {{number}}. Toutes les heures sont celles de {{timeZone}}."
        let sender = "{{organization}}"
        switch (type, audience) {
        case (.bookingRequested, .customer):
            return Words(
                "Demande reçue : {{eventType}}, {{start}}", greeting,
                "nous avons bien reçu votre demande : {{eventType}} avec {{provider}}, {{start}}.",
                "L’horaire vous est réservé. Nous vous écrirons dès qu’il sera confirmé.", closing, sender)
        case (.bookingRequested, .provider):
            return Words(
                "Nouvelle demande : {{eventType}}, {{start}}", greeting,
                "{{customer}} souhaite réserver avec vous : {{eventType}}, {{start}}.",
                "L’horaire reste réservé jusqu’à ce que la demande soit confirmée ou refusée.", closing, sender)
        case (.bookingConfirmed, .customer):
            return Words(
                "Confirmé : {{eventType}}, {{start}}", greeting,
                "votre rendez-vous est confirmé : {{eventType}} avec {{provider}}, {{start}}, jusqu’à {{endTime}}.",
                closing, sender)
        case (.bookingConfirmed, .provider):
            return Words(
                "Nouveau rendez-vous : {{eventType}}, {{start}}", greeting,
                "{{customer}} a réservé avec vous : {{eventType}}, {{start}}, jusqu’à {{endTime}}.", closing, sender)
        case (.bookingRescheduled, .customer):
            return Words(
                "Modifié : {{eventType}}, désormais {{start}}", greeting,
                "votre rendez-vous a été modifié : {{eventType}} avec {{provider}}, désormais {{start}}, jusqu’à "
                    + "{{endTime}}.",
                "Il était prévu auparavant : {{previousStart}}.", closing, sender)
        case (.bookingRescheduled, .provider):
            return Words(
                "Modifié : {{eventType}}, désormais {{start}}", greeting,
                "le rendez-vous avec {{customer}} a été modifié : {{eventType}}, désormais {{start}}, jusqu’à "
                    + "{{endTime}}.",
                "Il était prévu auparavant : {{previousStart}}.", closing, sender)
        case (.bookingCancelled, .customer):
            return Words(
                "Annulé : {{eventType}}, {{start}}", greeting,
                "votre rendez-vous est annulé et n’aura pas lieu : {{eventType}}, {{start}}.", closing, sender)
        case (.bookingCancelled, .provider):
            return Words(
                "Annulé : {{eventType}}, {{start}}", greeting,
                "le rendez-vous avec {{customer}} n’est plus dans votre agenda : {{eventType}}, {{start}}.", closing,
                sender)
        case (.bookingRejected, .customer):
            return Words(
                "Refusé : {{eventType}}, {{start}}", greeting,
                "nous sommes désolés : votre demande, {{eventType}}, {{start}}, n’a pas pu être acceptée.",
                "N’hésitez pas à choisir un autre horaire.", closing, sender)
        case (.bookingRejected, .provider):
            return Words(
                "Refusé : {{eventType}}, {{start}}", greeting,
                "la demande de {{customer}} a été refusée : {{eventType}}, {{start}}. L’horaire est de nouveau libre.",
                closing, sender)
        case (.bookingExpired, .customer):
            return Words(
                "Non confirmé : {{eventType}}, {{start}}", greeting,
                "nous sommes désolés : votre demande, {{eventType}}, {{start}}, n’a pas été confirmée à temps et a expiré.",
                "N’hésitez pas à choisir un autre horaire.", closing, sender)
        case (.bookingExpired, .provider):
            return Words(
                "Expiré : {{eventType}}, {{start}}", greeting,
                "la demande de {{customer}} n’a pas été traitée à temps et a expiré : {{eventType}}, {{start}}. L’horaire "
                    + "est de nouveau libre.", closing, sender)
        case (.bookingCompleted, .customer):
            return Words(
                "Merci : {{eventType}}, {{date}}", greeting,
                "merci de votre visite : {{eventType}} avec {{provider}}, {{start}}.", closing, sender)
        case (.bookingCompleted, .provider):
            return Words(
                "Terminé : {{eventType}}, {{start}}", greeting,
                "{{eventType}} avec {{customer}}, {{start}}, a eu lieu.", closing, sender)
        case (.bookingMissed, .customer):
            return Words(
                "Manqué : {{eventType}}, {{start}}", greeting,
                "vous nous avez manqué : {{eventType}} avec {{provider}}, {{start}}, a eu lieu sans vous.",
                "S’il s’agit d’une erreur, dites-le-nous.", closing, sender)
        case (.bookingMissed, .provider):
            return Words(
                "Manqué : {{eventType}}, {{start}}", greeting,
                "{{customer}} n’est pas venu : {{eventType}}, {{start}}.", closing, sender)
        case (.bookingReminder, .customer):
            return Words(
                "Rappel : {{eventType}}, {{start}}", greeting,
                "nous vous rappelons votre rendez-vous : {{eventType}} avec {{provider}}, {{start}}, jusqu’à "
                    + "{{endTime}}.", closing, sender)
        case (.bookingReminder, .provider):
            return Words(
                "Rappel : {{eventType}}, {{start}}", greeting,
                "nous vous rappelons le rendez-vous avec {{customer}} : {{eventType}}, {{start}}, jusqu’à {{endTime}}.",
                closing, sender)
        case (.seriesBooked, .customer):
            return Words(
                "Réservé : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "votre série est réservée : {{count}} rendez-vous, {{eventType}}, le premier {{start}}.",
                closing, sender)
        case (.seriesBooked, .provider):
            return Words(
                "Réservé : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "{{customer}} a réservé une série avec vous : {{count}} rendez-vous, {{eventType}}, le premier {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .customer):
            return Words(
                "Modifié : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "{{count}} rendez-vous de votre série ont été déplacés : {{eventType}}, le premier désormais {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .provider):
            return Words(
                "Modifié : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "{{count}} rendez-vous avec {{customer}} ont été déplacés : {{eventType}}, le premier désormais {{start}}.",
                closing, sender)
        case (.seriesCancelled, .customer):
            return Words(
                "Annulé : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "{{count}} rendez-vous de votre série n’auront pas lieu : {{eventType}}, dont le premier {{start}}.",
                closing, sender)
        case (.seriesCancelled, .provider):
            return Words(
                "Annulé : {{count}} × {{eventType}}, dès le {{start}}", greeting,
                "{{count}} rendez-vous avec {{customer}} n’auront pas lieu : {{eventType}}, dont le premier {{start}}.",
                closing, sender)
        case (.calendarReminder, .customer):
            return Words(
                "Rappel : {{eventType}}, {{start}}", greeting,
                "nous vous rappelons : {{eventType}} avec {{provider}}, {{start}}, jusqu’à {{endTime}}.",
                "{{#place}}Lieu : {{place}}. {{/place}}Toutes les heures sont celles de {{timeZone}}.", sender)
        case (.calendarReminder, .provider):
            return Words(
                "Rappel : {{eventType}}, {{start}}", greeting,
                "nous vous rappelons : {{eventType}}, {{start}}, jusqu’à {{endTime}}.",
                "{{#place}}Lieu : {{place}}. {{/place}}Toutes les heures sont celles de {{timeZone}}.", sender)
        }
    }
}
