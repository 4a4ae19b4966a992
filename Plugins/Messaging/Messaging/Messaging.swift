public import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Messaging: tells customers and providers about their bookings, by mail and in the program, as they want to be told.
public struct Messaging: Plugin {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let declaration = Declaration(
        id: .messaging, version: "1.0.0",
        summary: "Confirmations, changes, cancellations and reminders, by mail and in an inbox for every user.",
        needs: [.bookings], migrations: MessagingSchema.migrations,
        permissions: [
            PermissionDeclaration(
                .readMessages, "See what was sent to whom, and what became of it.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .retryMessages, "Send again what could not be sent.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .manageMessageTemplates, "See and change the texts of messages.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .manageMessagePreferences, "See and change how others want to be told.",
                roles: [.admin: .organization]),
        ],
        personalData: MessagingSchema.personalData, retention: MessagingSchema.retention)

    private let core: MessagingCore
    private let guests: GuestAccessMail

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(settings: Settings, kernel: Kernel<Self>) throws {
        let bookings = try kernel.require(.bookingLookup)
        self.core = MessagingCore(
            settings: settings, kernel: kernel, bookings: bookings, guardianship: try kernel.require(.guardianship),
            events: try kernel.require(.calendarEventLookup), waitlist: try kernel.require(.waitlistLookup),
            access: GuestTokens(
                bookings: try kernel.require(.bookingAccess), waitlist: try kernel.require(.waitlistAccess)))
        self.guests = GuestAccessMail(
            kernel: kernel, bookings: bookings, access: try kernel.require(.bookingAccess))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var contributions: Contributions {
        self.core.contributions
        self.guests.contributions
    }
}
