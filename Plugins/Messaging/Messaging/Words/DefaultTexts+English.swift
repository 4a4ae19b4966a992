internal import MessagingAPI

extension DefaultTexts {
    static func english(_ type: MessageType, _ audience: MessageAudience) -> Words {
        let greeting = "Hello{{#recipient}} {{recipient}}{{/recipient}},"
        let closing = "{{#place}}Where: {{place}}. {{/place}}Number {{number}}. All times are those of {{timeZone}}."
        let sender = "{{organization}}"
        switch (type, audience) {
        case (.bookingRequested, .customer):
            return Words(
                "Request received: {{eventType}}, {{start}}", greeting,
                "we have received your request for {{eventType}} with {{provider}} on {{start}}.",
                "The time is kept for you. You will hear from us as soon as it is confirmed.", closing, sender)
        case (.bookingRequested, .provider):
            return Words(
                "New request: {{eventType}}, {{start}}", greeting,
                "{{customer}} would like to book {{eventType}} with you on {{start}}.",
                "The time is kept until the request is confirmed or rejected.", closing, sender)
        case (.bookingConfirmed, .customer):
            return Words(
                "Confirmed: {{eventType}}, {{start}}", greeting,
                "your booking is confirmed: {{eventType}} with {{provider}} on {{start}}, until {{endTime}}.", closing,
                sender)
        case (.bookingConfirmed, .provider):
            return Words(
                "New booking: {{eventType}}, {{start}}", greeting,
                "{{customer}} has booked {{eventType}} with you on {{start}}, until {{endTime}}.", closing, sender)
        case (.bookingRescheduled, .customer):
            return Words(
                "Changed: {{eventType}}, now {{start}}", greeting,
                "your booking has been changed: {{eventType}} with {{provider}} now takes place on {{start}}, until "
                    + "{{endTime}}.",
                "Before that it was to be on {{previousStart}}.", closing, sender)
        case (.bookingRescheduled, .provider):
            return Words(
                "Changed: {{eventType}}, now {{start}}", greeting,
                "the booking of {{customer}} has been changed: {{eventType}} now takes place on {{start}}, until "
                    + "{{endTime}}.",
                "Before that it was to be on {{previousStart}}.", closing, sender)
        case (.bookingCancelled, .customer):
            return Words(
                "Cancelled: {{eventType}}, {{start}}", greeting,
                "your booking has been cancelled: {{eventType}} on {{start}} does not take place.", closing, sender)
        case (.bookingCancelled, .provider):
            return Words(
                "Cancelled: {{eventType}}, {{start}}", greeting,
                "the booking of {{customer}} is no longer in your calendar: {{eventType}} on {{start}}.", closing,
                sender)
        case (.bookingRejected, .customer):
            return Words(
                "Declined: {{eventType}}, {{start}}", greeting,
                "we are sorry: your request for {{eventType}} on {{start}} cannot be met and has been declined.",
                "You are welcome to choose another time.", closing, sender)
        case (.bookingRejected, .provider):
            return Words(
                "Declined: {{eventType}}, {{start}}", greeting,
                "the request of {{customer}} has been declined: {{eventType}} on {{start}}. The time is free again.",
                closing, sender)
        case (.bookingExpired, .customer):
            return Words(
                "Not confirmed: {{eventType}}, {{start}}", greeting,
                "we are sorry: your request for {{eventType}} on {{start}} was not confirmed in time and has lapsed.",
                "You are welcome to choose another time.", closing, sender)
        case (.bookingExpired, .provider):
            return Words(
                "Lapsed: {{eventType}}, {{start}}", greeting,
                "the request of {{customer}} was not settled in time and has lapsed: {{eventType}} on {{start}}. The time "
                    + "is free again.", closing, sender)
        case (.bookingCompleted, .customer):
            return Words(
                "Thank you: {{eventType}}, {{date}}", greeting,
                "thank you for coming to {{eventType}} with {{provider}} on {{start}}.", closing, sender)
        case (.bookingCompleted, .provider):
            return Words(
                "Completed: {{eventType}}, {{start}}", greeting,
                "{{eventType}} with {{customer}} on {{start}} has taken place.", closing, sender)
        case (.bookingMissed, .customer):
            return Words(
                "Missed: {{eventType}}, {{start}}", greeting,
                "we have missed you: {{eventType}} with {{provider}} on {{start}} has passed without you.",
                "If that is a mistake, please tell us.", closing, sender)
        case (.bookingMissed, .provider):
            return Words(
                "Missed: {{eventType}}, {{start}}", greeting,
                "{{customer}} did not come for {{eventType}} on {{start}}.", closing, sender)
        case (.bookingReminder, .customer):
            return Words(
                "Reminder: {{eventType}}, {{start}}", greeting,
                "this is to remind you: {{eventType}} with {{provider}} takes place on {{start}}, until {{endTime}}.",
                closing, sender)
        case (.bookingReminder, .provider):
            return Words(
                "Reminder: {{eventType}}, {{start}}", greeting,
                "this is to remind you: {{customer}} comes for {{eventType}} on {{start}}, until {{endTime}}.", closing,
                sender)
        case (.seriesBooked, .customer):
            return Words(
                "Booked: {{count}} × {{eventType}}, from {{start}}", greeting,
                "your series is booked: {{count}} appointments for {{eventType}}, the first on {{start}}.",
                closing, sender)
        case (.seriesBooked, .provider):
            return Words(
                "Booked: {{count}} × {{eventType}}, from {{start}}", greeting,
                "{{customer}} has booked a series with you: {{count}} appointments for {{eventType}}, the first on {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .customer):
            return Words(
                "Changed: {{count}} × {{eventType}}, from {{start}}", greeting,
                "{{count}} appointments of your series for {{eventType}} have been moved, the first to {{start}}.",
                closing, sender)
        case (.seriesRescheduled, .provider):
            return Words(
                "Changed: {{count}} × {{eventType}}, from {{start}}", greeting,
                "{{count}} appointments of {{customer}} for {{eventType}} have been moved, the first to {{start}}.",
                closing, sender)
        case (.seriesCancelled, .customer):
            return Words(
                "Cancelled: {{count}} × {{eventType}}, from {{start}}", greeting,
                "{{count}} appointments of your series for {{eventType}} do not take place, the first of them on {{start}}.",
                closing, sender)
        case (.seriesCancelled, .provider):
            return Words(
                "Cancelled: {{count}} × {{eventType}}, from {{start}}", greeting,
                "{{count}} appointments of {{customer}} for {{eventType}} do not take place, the first of them on {{start}}.",
                closing, sender)
        case (.calendarReminder, .customer):
            return Words(
                "Reminder: {{eventType}}, {{start}}", greeting,
                "this is to remind you: {{eventType}} with {{provider}} is on {{start}}, until {{endTime}}.",
                "{{#place}}Where: {{place}}. {{/place}}All times are those of {{timeZone}}.", sender)
        case (.calendarReminder, .provider):
            return Words(
                "Reminder: {{eventType}}, {{start}}", greeting,
                "this is to remind you: {{eventType}} is on {{start}}, until {{endTime}}.",
                "{{#place}}Where: {{place}}. {{/place}}All times are those of {{timeZone}}.", sender)
        }
    }
}
