public import AlmanacKernel

extension Permission {
    /// See sessions that are not published.
    public static let readSession = Permission("sessions:read")
    /// Make, change, schedule and complete sessions.
    public static let manageSessions = Permission("sessions:manage")
    /// Cancel sessions, and all their bookings.
    public static let cancelSession = Permission("sessions:cancel")
    /// Wait for something that is taken, and accept what is offered.
    public static let joinWaitlist = Permission("waitlist:join")
    /// See who waits for what.
    public static let readWaitlist = Permission("waitlist:read")
    /// Say who comes first of those who wait.
    public static let manageWaitlist = Permission("waitlist:manage")
}
