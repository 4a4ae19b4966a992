extension MessageWords {
    static let french = MessageWords(
        locale: "fr", greeting: "Bonjour{{#recipient}} {{recipient}}{{/recipient}},",
        place: "{{#place}}Lieu : {{place}}. {{/place}}", number: "Numéro {{number}}. ",
        times: "Toutes les heures sont celles de {{timeZone}}.", manage: "Consulter, déplacer ou annuler :",
        bookingRequested: Pair(
            customer: Text(
                "Demande reçue : {{eventType}}, {{start}}",
                "nous avons bien reçu votre demande : {{eventType}} avec {{provider}}, {{start}}.",
                "L’horaire vous est réservé. Nous vous écrirons dès qu’il sera confirmé."),
            provider: Text(
                "Nouvelle demande : {{eventType}}, {{start}}",
                "{{customer}} souhaite réserver avec vous : {{eventType}}, {{start}}.",
                "L’horaire reste réservé jusqu’à ce que la demande soit confirmée ou refusée.")),
        bookingConfirmed: Pair(
            customer: Text(
                "Confirmé : {{eventType}}, {{start}}",
                "votre rendez-vous est confirmé : {{eventType}} avec {{provider}}, {{start}}, jusqu’à {{endTime}}."),
            provider: Text(
                "Nouveau rendez-vous : {{eventType}}, {{start}}",
                "{{customer}} a réservé avec vous : {{eventType}}, {{start}}, jusqu’à {{endTime}}.")),
        bookingRescheduled: Pair(
            customer: Text(
                "Modifié : {{eventType}}, désormais {{start}}",
                "votre rendez-vous a été modifié : {{eventType}} avec {{provider}}, désormais {{start}}, jusqu’à "
                    + "{{endTime}}.",
                "Il était prévu auparavant : {{previousStart}}."),
            provider: Text(
                "Modifié : {{eventType}}, désormais {{start}}",
                "le rendez-vous avec {{customer}} a été modifié : {{eventType}}, désormais {{start}}, jusqu’à "
                    + "{{endTime}}.",
                "Il était prévu auparavant : {{previousStart}}.")),
        bookingCancelled: Pair(
            customer: Text(
                "Annulé : {{eventType}}, {{start}}",
                "votre rendez-vous est annulé et n’aura pas lieu : {{eventType}}, {{start}}."),
            provider: Text(
                "Annulé : {{eventType}}, {{start}}",
                "le rendez-vous avec {{customer}} n’est plus dans votre agenda : {{eventType}}, {{start}}.")),
        bookingRejected: Pair(
            customer: Text(
                "Refusé : {{eventType}}, {{start}}",
                "nous sommes désolés : votre demande, {{eventType}}, {{start}}, n’a pas pu être acceptée.",
                "N’hésitez pas à choisir un autre horaire."),
            provider: Text(
                "Refusé : {{eventType}}, {{start}}",
                "la demande de {{customer}} a été refusée : {{eventType}}, {{start}}. L’horaire est de nouveau libre.")),
        bookingExpired: Pair(
            customer: Text(
                "Non confirmé : {{eventType}}, {{start}}",
                "nous sommes désolés : votre demande, {{eventType}}, {{start}}, n’a pas été confirmée à temps et a "
                    + "expiré.",
                "N’hésitez pas à choisir un autre horaire."),
            provider: Text(
                "Expiré : {{eventType}}, {{start}}",
                "la demande de {{customer}} n’a pas été traitée à temps et a expiré : {{eventType}}, {{start}}. "
                    + "L’horaire est de nouveau libre.")),
        bookingCompleted: Pair(
            customer: Text(
                "Merci : {{eventType}}, {{date}}",
                "merci de votre visite : {{eventType}} avec {{provider}}, {{start}}."),
            provider: Text(
                "Terminé : {{eventType}}, {{start}}",
                "{{eventType}} avec {{customer}}, {{start}}, a eu lieu.")),
        bookingMissed: Pair(
            customer: Text(
                "Manqué : {{eventType}}, {{start}}",
                "vous nous avez manqué : {{eventType}} avec {{provider}}, {{start}}, a eu lieu sans vous.",
                "S’il s’agit d’une erreur, dites-le-nous."),
            provider: Text(
                "Manqué : {{eventType}}, {{start}}",
                "{{customer}} n’est pas venu : {{eventType}}, {{start}}.")),
        bookingReminder: Pair(
            customer: Text(
                "Rappel : {{eventType}}, {{start}}",
                "nous vous rappelons votre rendez-vous : {{eventType}} avec {{provider}}, {{start}}, jusqu’à "
                    + "{{endTime}}."),
            provider: Text(
                "Rappel : {{eventType}}, {{start}}",
                "nous vous rappelons le rendez-vous avec {{customer}} : {{eventType}}, {{start}}, jusqu’à {{endTime}}.")
        ),
        seriesBooked: Pair(
            customer: Text(
                "Réservé : {{count}} × {{eventType}}, dès le {{start}}",
                "votre série est réservée : {{count}} rendez-vous, {{eventType}}, le premier {{start}}."),
            provider: Text(
                "Réservé : {{count}} × {{eventType}}, dès le {{start}}",
                "{{customer}} a réservé une série avec vous : {{count}} rendez-vous, {{eventType}}, le premier "
                    + "{{start}}.")),
        seriesRescheduled: Pair(
            customer: Text(
                "Modifié : {{count}} × {{eventType}}, dès le {{start}}",
                "{{count}} rendez-vous de votre série ont été déplacés : {{eventType}}, le premier désormais {{start}}."
            ),
            provider: Text(
                "Modifié : {{count}} × {{eventType}}, dès le {{start}}",
                "{{count}} rendez-vous avec {{customer}} ont été déplacés : {{eventType}}, le premier désormais "
                    + "{{start}}.")),
        seriesCancelled: Pair(
            customer: Text(
                "Annulé : {{count}} × {{eventType}}, dès le {{start}}",
                "{{count}} rendez-vous de votre série n’auront pas lieu : {{eventType}}, dont le premier {{start}}."),
            provider: Text(
                "Annulé : {{count}} × {{eventType}}, dès le {{start}}",
                "{{count}} rendez-vous avec {{customer}} n’auront pas lieu : {{eventType}}, dont le premier {{start}}.")
        ),
        calendarReminder: Pair(
            customer: Text(
                "Rappel : {{eventType}}, {{start}}",
                "nous vous rappelons : {{eventType}} avec {{provider}}, {{start}}, jusqu’à {{endTime}}."),
            provider: Text(
                "Rappel : {{eventType}}, {{start}}",
                "nous vous rappelons : {{eventType}}, {{start}}, jusqu’à {{endTime}}.")),
        waitlistOffered: Pair(
            Text(
                "Disponible pour vous : {{eventType}}, {{start}}",
                "ce que vous attendez s’est libéré : {{eventType}} avec {{provider}}, {{start}}, jusqu’à {{endTime}}.",
                "La place vous est réservée jusqu’à cette date : {{expiry}}. Si vous ne l’avez pas acceptée d’ici là, "
                    + "elle sera proposée à la personne suivante sur la liste d’attente.{{#link}} Pour l’accepter "
                    + "ou la refuser : {{link}}{{/link}}")))
}
