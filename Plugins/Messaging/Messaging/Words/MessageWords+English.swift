extension MessageWords {
    static let english = MessageWords(
        locale: "en", greeting: "Hello{{#recipient}} {{recipient}}{{/recipient}},",
        place: "{{#place}}Where: {{place}}. {{/place}}", number: "Number {{number}}. ",
        times: "All times are those of {{timeZone}}.", manage: "View, move or cancel:",
        bookingRequested: Pair(
            customer: Text(
                "Request received: {{eventType}}, {{start}}",
                "we have received your request for {{eventType}} with {{provider}} on {{start}}.",
                "The time is kept for you. You will hear from us as soon as it is confirmed."),
            provider: Text(
                "New request: {{eventType}}, {{start}}",
                "{{customer}} would like to book {{eventType}} with you on {{start}}.",
                "The time is kept until the request is confirmed or rejected.")),
        bookingConfirmed: Pair(
            customer: Text(
                "Confirmed: {{eventType}}, {{start}}",
                "your booking is confirmed: {{eventType}} with {{provider}} on {{start}}, until {{endTime}}."),
            provider: Text(
                "New booking: {{eventType}}, {{start}}",
                "{{customer}} has booked {{eventType}} with you on {{start}}, until {{endTime}}.")),
        bookingRescheduled: Pair(
            customer: Text(
                "Changed: {{eventType}}, now {{start}}",
                "your booking has been changed: {{eventType}} with {{provider}} now takes place on {{start}}, until "
                    + "{{endTime}}.",
                "Before that it was to be on {{previousStart}}."),
            provider: Text(
                "Changed: {{eventType}}, now {{start}}",
                "the booking of {{customer}} has been changed: {{eventType}} now takes place on {{start}}, until "
                    + "{{endTime}}.",
                "Before that it was to be on {{previousStart}}.")),
        bookingCancelled: Pair(
            customer: Text(
                "Cancelled: {{eventType}}, {{start}}",
                "your booking has been cancelled: {{eventType}} on {{start}} does not take place."),
            provider: Text(
                "Cancelled: {{eventType}}, {{start}}",
                "the booking of {{customer}} is no longer in your calendar: {{eventType}} on {{start}}.")),
        bookingRejected: Pair(
            customer: Text(
                "Declined: {{eventType}}, {{start}}",
                "we are sorry: your request for {{eventType}} on {{start}} cannot be met and has been declined.",
                "You are welcome to choose another time."),
            provider: Text(
                "Declined: {{eventType}}, {{start}}",
                "the request of {{customer}} has been declined: {{eventType}} on {{start}}. The time is free again.")),
        bookingExpired: Pair(
            customer: Text(
                "Not confirmed: {{eventType}}, {{start}}",
                "we are sorry: your request for {{eventType}} on {{start}} was not confirmed in time and has lapsed.",
                "You are welcome to choose another time."),
            provider: Text(
                "Lapsed: {{eventType}}, {{start}}",
                "the request of {{customer}} was not settled in time and has lapsed: {{eventType}} on {{start}}. The "
                    + "time is free again.")),
        bookingCompleted: Pair(
            customer: Text(
                "Thank you: {{eventType}}, {{date}}",
                "thank you for coming to {{eventType}} with {{provider}} on {{start}}."),
            provider: Text(
                "Completed: {{eventType}}, {{start}}",
                "{{eventType}} with {{customer}} on {{start}} has taken place.")),
        bookingMissed: Pair(
            customer: Text(
                "Missed: {{eventType}}, {{start}}",
                "we have missed you: {{eventType}} with {{provider}} on {{start}} has passed without you.",
                "If that is a mistake, please tell us."),
            provider: Text(
                "Missed: {{eventType}}, {{start}}",
                "{{customer}} did not come for {{eventType}} on {{start}}.")),
        bookingReminder: Pair(
            customer: Text(
                "Reminder: {{eventType}}, {{start}}",
                "this is to remind you: {{eventType}} with {{provider}} takes place on {{start}}, until {{endTime}}."),
            provider: Text(
                "Reminder: {{eventType}}, {{start}}",
                "this is to remind you: {{customer}} comes for {{eventType}} on {{start}}, until {{endTime}}.")),
        seriesBooked: Pair(
            customer: Text(
                "Booked: {{count}} × {{eventType}}, from {{start}}",
                "your series is booked: {{count}} appointments for {{eventType}}, the first on {{start}}."),
            provider: Text(
                "Booked: {{count}} × {{eventType}}, from {{start}}",
                "{{customer}} has booked a series with you: {{count}} appointments for {{eventType}}, the first on "
                    + "{{start}}.")),
        seriesRescheduled: Pair(
            customer: Text(
                "Changed: {{count}} × {{eventType}}, from {{start}}",
                "{{count}} appointments of your series for {{eventType}} have been moved, the first to {{start}}."),
            provider: Text(
                "Changed: {{count}} × {{eventType}}, from {{start}}",
                "{{count}} appointments of {{customer}} for {{eventType}} have been moved, the first to {{start}}.")),
        seriesCancelled: Pair(
            customer: Text(
                "Cancelled: {{count}} × {{eventType}}, from {{start}}",
                "{{count}} appointments of your series for {{eventType}} do not take place, the first of them on "
                    + "{{start}}."),
            provider: Text(
                "Cancelled: {{count}} × {{eventType}}, from {{start}}",
                "{{count}} appointments of {{customer}} for {{eventType}} do not take place, the first of them on "
                    + "{{start}}.")),
        calendarReminder: Pair(
            customer: Text(
                "Reminder: {{eventType}}, {{start}}",
                "this is to remind you: {{eventType}} with {{provider}} is on {{start}}, until {{endTime}}."),
            provider: Text(
                "Reminder: {{eventType}}, {{start}}",
                "this is to remind you: {{eventType}} is on {{start}}, until {{endTime}}.")),
        waitlistOffered: Pair(
            Text(
                "Free for you: {{eventType}}, {{start}}",
                "what you are waiting for is free: {{eventType}} with {{provider}} on {{start}}, until {{endTime}}.",
                "It is kept for you until {{expiry}}. If you have not accepted it by then, it goes to the next who "
                    + "waits.{{#link}} Accept or decline it here: {{link}}{{/link}}")))
}
