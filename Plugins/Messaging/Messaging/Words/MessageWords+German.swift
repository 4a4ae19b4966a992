extension MessageWords {
    static let german = MessageWords(
        locale: "de", greeting: "Guten Tag{{#recipient}} {{recipient}}{{/recipient}},",
        place: "{{#place}}Ort: {{place}}. {{/place}}", number: "Nummer {{number}}. ",
        times: "Alle Zeiten gelten für {{timeZone}}.", manage: "Ansehen, verlegen oder absagen:",
        bookingRequested: Pair(
            customer: Text(
                "Anfrage eingegangen: {{eventType}}, {{start}}",
                "Ihre Anfrage ist bei uns: {{eventType}} mit {{provider}}, {{start}}.",
                "Die Zeit ist für Sie vorgemerkt. Sie hören von uns, sobald sie bestätigt ist."),
            provider: Text(
                "Neue Anfrage: {{eventType}}, {{start}}",
                "{{customer}} möchte bei Ihnen buchen: {{eventType}}, {{start}}.",
                "Die Zeit bleibt vorgemerkt, bis die Anfrage bestätigt oder abgelehnt ist.")),
        bookingConfirmed: Pair(
            customer: Text(
                "Bestätigt: {{eventType}}, {{start}}",
                "Ihr Termin ist bestätigt: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}."),
            provider: Text(
                "Neuer Termin: {{eventType}}, {{start}}",
                "{{customer}} hat bei Ihnen gebucht: {{eventType}}, {{start}} bis {{endTime}}.")),
        bookingRescheduled: Pair(
            customer: Text(
                "Verschoben: {{eventType}}, jetzt {{start}}",
                "Ihr Termin hat sich geändert. Jetzt gilt: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.",
                "Vorher war er so vereinbart: {{previousStart}}."),
            provider: Text(
                "Verschoben: {{eventType}}, jetzt {{start}}",
                "Der Termin mit {{customer}} hat sich geändert. Jetzt gilt: {{eventType}}, {{start}} bis {{endTime}}.",
                "Vorher war er so vereinbart: {{previousStart}}.")),
        bookingCancelled: Pair(
            customer: Text(
                "Abgesagt: {{eventType}}, {{start}}",
                "Ihr Termin ist abgesagt und findet nicht statt: {{eventType}}, {{start}}."),
            provider: Text(
                "Abgesagt: {{eventType}}, {{start}}",
                "Der Termin mit {{customer}} steht nicht mehr in Ihrem Kalender: {{eventType}}, {{start}}.")),
        bookingRejected: Pair(
            customer: Text(
                "Abgelehnt: {{eventType}}, {{start}}",
                "es tut uns leid: Ihre Anfrage für {{eventType}}, {{start}}, kann nicht erfüllt werden und ist "
                    + "abgelehnt.",
                "Wählen Sie gern eine andere Zeit."),
            provider: Text(
                "Abgelehnt: {{eventType}}, {{start}}",
                "Die Anfrage von {{customer}} ist abgelehnt: {{eventType}}, {{start}}. Die Zeit ist wieder frei.")),
        bookingExpired: Pair(
            customer: Text(
                "Nicht bestätigt: {{eventType}}, {{start}}",
                "es tut uns leid: Ihre Anfrage für {{eventType}}, {{start}}, wurde nicht rechtzeitig bestätigt und ist "
                    + "verfallen.",
                "Wählen Sie gern eine andere Zeit."),
            provider: Text(
                "Verfallen: {{eventType}}, {{start}}",
                "Die Anfrage von {{customer}} wurde nicht rechtzeitig entschieden und ist verfallen: {{eventType}}, "
                    + "{{start}}. Die Zeit ist wieder frei.")),
        bookingCompleted: Pair(
            customer: Text(
                "Vielen Dank: {{eventType}}, {{date}}",
                "vielen Dank für Ihren Besuch: {{eventType}} mit {{provider}}, {{start}}."),
            provider: Text(
                "Abgeschlossen: {{eventType}}, {{start}}",
                "{{eventType}} mit {{customer}}, {{start}}, hat stattgefunden.")),
        bookingMissed: Pair(
            customer: Text(
                "Verpasst: {{eventType}}, {{start}}",
                "wir haben Sie vermisst: {{eventType}} mit {{provider}}, {{start}}, hat ohne Sie stattgefunden.",
                "Wenn das ein Irrtum ist, sagen Sie uns bitte Bescheid."),
            provider: Text(
                "Verpasst: {{eventType}}, {{start}}",
                "{{customer}} ist nicht gekommen: {{eventType}}, {{start}}.")),
        bookingReminder: Pair(
            customer: Text(
                "Erinnerung: {{eventType}}, {{start}}",
                "wir erinnern Sie an Ihren Termin: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}."),
            provider: Text(
                "Erinnerung: {{eventType}}, {{start}}",
                "wir erinnern Sie an den Termin mit {{customer}}: {{eventType}}, {{start}} bis {{endTime}}.")),
        seriesBooked: Pair(
            customer: Text(
                "Gebucht: {{count}} × {{eventType}}, ab {{start}}",
                "Ihre Terminreihe ist gebucht: {{count}} Termine, {{eventType}}, der erste {{start}}."),
            provider: Text(
                "Gebucht: {{count}} × {{eventType}}, ab {{start}}",
                "{{customer}} hat bei Ihnen eine Reihe gebucht: {{count}} Termine, {{eventType}}, der erste {{start}}.")
        ),
        seriesRescheduled: Pair(
            customer: Text(
                "Verschoben: {{count}} × {{eventType}}, ab {{start}}",
                "{{count}} Termine Ihrer Reihe sind verschoben: {{eventType}}, der erste jetzt {{start}}."),
            provider: Text(
                "Verschoben: {{count}} × {{eventType}}, ab {{start}}",
                "{{count}} Termine mit {{customer}} sind verschoben: {{eventType}}, der erste jetzt {{start}}.")),
        seriesCancelled: Pair(
            customer: Text(
                "Abgesagt: {{count}} × {{eventType}}, ab {{start}}",
                "{{count}} Termine Ihrer Reihe finden nicht statt: {{eventType}}, der erste davon {{start}}."),
            provider: Text(
                "Abgesagt: {{count}} × {{eventType}}, ab {{start}}",
                "{{count}} Termine mit {{customer}} finden nicht statt: {{eventType}}, der erste davon {{start}}.")),
        calendarReminder: Pair(
            customer: Text(
                "Erinnerung: {{eventType}}, {{start}}",
                "wir erinnern Sie: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}."),
            provider: Text(
                "Erinnerung: {{eventType}}, {{start}}",
                "wir erinnern Sie: {{eventType}}, {{start}} bis {{endTime}}.")),
        waitlistOffered: Pair(
            Text(
                "Frei für Sie: {{eventType}}, {{start}}",
                "frei geworden ist, worauf Sie warten: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.",
                "Der Platz ist für Sie reserviert bis: {{expiry}}. Haben Sie ihn bis dahin nicht angenommen, wird er "
                    + "den Nächsten auf der Warteliste angeboten.{{#link}} Hier nehmen Sie ihn an oder lehnen ihn "
                    + "ab: {{link}}{{/link}}")))
}
