internal import MessagingAPI

extension DefaultTexts {
    static func german(_ type: MessageType, _ audience: MessageAudience) -> Words {
        let greeting = "Guten Tag{{#recipient}} {{recipient}}{{/recipient}},"
        let closing = "{{#place}}Ort: {{place}}. {{/place}}Nummer {{number}}. Alle Zeiten gelten für {{timeZone}}."
        let sender = "{{organization}}"
        switch (type, audience) {
        case (.bookingRequested, .customer):
            return Words(
                "Anfrage eingegangen: {{eventType}}, {{start}}", greeting,
                "Ihre Anfrage ist bei uns: {{eventType}} mit {{provider}}, {{start}}.",
                "Die Zeit ist für Sie vorgemerkt. Sie hören von uns, sobald sie bestätigt ist.", closing, sender)
        case (.bookingRequested, .provider):
            return Words(
                "Neue Anfrage: {{eventType}}, {{start}}", greeting,
                "{{customer}} möchte bei Ihnen buchen: {{eventType}}, {{start}}.",
                "Die Zeit bleibt vorgemerkt, bis die Anfrage bestätigt oder abgelehnt ist.", closing, sender)
        case (.bookingConfirmed, .customer):
            return Words(
                "Bestätigt: {{eventType}}, {{start}}", greeting,
                "Ihr Termin ist bestätigt: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.", closing, sender)
        case (.bookingConfirmed, .provider):
            return Words(
                "Neuer Termin: {{eventType}}, {{start}}", greeting,
                "{{customer}} hat bei Ihnen gebucht: {{eventType}}, {{start}} bis {{endTime}}.", closing, sender)
        case (.bookingRescheduled, .customer):
            return Words(
                "Verschoben: {{eventType}}, jetzt {{start}}", greeting,
                "Ihr Termin hat sich geändert. Jetzt gilt: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.",
                "Vorher war er so vereinbart: {{previousStart}}.", closing, sender)
        case (.bookingRescheduled, .provider):
            return Words(
                "Verschoben: {{eventType}}, jetzt {{start}}", greeting,
                "Der Termin mit {{customer}} hat sich geändert. Jetzt gilt: {{eventType}}, {{start}} bis {{endTime}}.",
                "Vorher war er so vereinbart: {{previousStart}}.", closing, sender)
        case (.bookingCancelled, .customer):
            return Words(
                "Abgesagt: {{eventType}}, {{start}}", greeting,
                "Ihr Termin ist abgesagt und findet nicht statt: {{eventType}}, {{start}}.", closing, sender)
        case (.bookingCancelled, .provider):
            return Words(
                "Abgesagt: {{eventType}}, {{start}}", greeting,
                "Der Termin mit {{customer}} steht nicht mehr in Ihrem Kalender: {{eventType}}, {{start}}.", closing,
                sender)
        case (.bookingRejected, .customer):
            return Words(
                "Abgelehnt: {{eventType}}, {{start}}", greeting,
                "es tut uns leid: Ihre Anfrage für {{eventType}}, {{start}}, kann nicht erfüllt werden und ist abgelehnt.",
                "Wählen Sie gern eine andere Zeit.", closing, sender)
        case (.bookingRejected, .provider):
            return Words(
                "Abgelehnt: {{eventType}}, {{start}}", greeting,
                "Die Anfrage von {{customer}} ist abgelehnt: {{eventType}}, {{start}}. Die Zeit ist wieder frei.",
                closing, sender)
        case (.bookingExpired, .customer):
            return Words(
                "Nicht bestätigt: {{eventType}}, {{start}}", greeting,
                "es tut uns leid: Ihre Anfrage für {{eventType}}, {{start}}, wurde nicht rechtzeitig bestätigt und ist "
                    + "verfallen.",
                "Wählen Sie gern eine andere Zeit.", closing, sender)
        case (.bookingExpired, .provider):
            return Words(
                "Verfallen: {{eventType}}, {{start}}", greeting,
                "Die Anfrage von {{customer}} wurde nicht rechtzeitig entschieden und ist verfallen: {{eventType}}, "
                    + "{{start}}. Die Zeit ist wieder frei.", closing, sender)
        case (.bookingCompleted, .customer):
            return Words(
                "Vielen Dank: {{eventType}}, {{date}}", greeting,
                "vielen Dank für Ihren Besuch: {{eventType}} mit {{provider}}, {{start}}.", closing, sender)
        case (.bookingCompleted, .provider):
            return Words(
                "Abgeschlossen: {{eventType}}, {{start}}", greeting,
                "{{eventType}} mit {{customer}}, {{start}}, hat stattgefunden.", closing, sender)
        case (.bookingMissed, .customer):
            return Words(
                "Verpasst: {{eventType}}, {{start}}", greeting,
                "wir haben Sie vermisst: {{eventType}} mit {{provider}}, {{start}}, hat ohne Sie stattgefunden.",
                "Wenn das ein Irrtum ist, sagen Sie uns bitte Bescheid.", closing, sender)
        case (.bookingMissed, .provider):
            return Words(
                "Verpasst: {{eventType}}, {{start}}", greeting,
                "{{customer}} ist nicht gekommen: {{eventType}}, {{start}}.", closing, sender)
        case (.bookingReminder, .customer):
            return Words(
                "Erinnerung: {{eventType}}, {{start}}", greeting,
                "wir erinnern Sie an Ihren Termin: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.", closing,
                sender)
        case (.bookingReminder, .provider):
            return Words(
                "Erinnerung: {{eventType}}, {{start}}", greeting,
                "wir erinnern Sie an den Termin mit {{customer}}: {{eventType}}, {{start}} bis {{endTime}}.", closing,
                sender)
        case (.seriesBooked, .customer):
            return Words(
                "Gebucht: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "Ihre Terminreihe ist gebucht: {{count}} Termine, {{eventType}}, der erste {{start}}.",
                closing, sender)
        case (.seriesBooked, .provider):
            return Words(
                "Gebucht: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "{{customer}} hat bei Ihnen eine Reihe gebucht: {{count}} Termine, {{eventType}}, der erste {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .customer):
            return Words(
                "Verschoben: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "{{count}} Termine Ihrer Reihe sind verschoben: {{eventType}}, der erste jetzt {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .provider):
            return Words(
                "Verschoben: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "{{count}} Termine mit {{customer}} sind verschoben: {{eventType}}, der erste jetzt {{start}}.",
                closing, sender)
        case (.seriesCancelled, .customer):
            return Words(
                "Abgesagt: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "{{count}} Termine Ihrer Reihe finden nicht statt: {{eventType}}, der erste davon {{start}}.",
                closing, sender)
        case (.seriesCancelled, .provider):
            return Words(
                "Abgesagt: {{count}} × {{eventType}}, ab {{start}}", greeting,
                "{{count}} Termine mit {{customer}} finden nicht statt: {{eventType}}, der erste davon {{start}}.",
                closing, sender)
        case (.calendarReminder, .customer):
            return Words(
                "Erinnerung: {{eventType}}, {{start}}", greeting,
                "wir erinnern Sie: {{eventType}} mit {{provider}}, {{start}} bis {{endTime}}.",
                "{{#place}}Ort: {{place}}. {{/place}}Alle Zeiten gelten für {{timeZone}}.", sender)
        case (.calendarReminder, .provider):
            return Words(
                "Erinnerung: {{eventType}}, {{start}}", greeting,
                "wir erinnern Sie: {{eventType}}, {{start}} bis {{endTime}}.",
                "{{#place}}Ort: {{place}}. {{/place}}Alle Zeiten gelten für {{timeZone}}.", sender)
        }
    }
}
