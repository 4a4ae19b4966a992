public import AlmanacKernel

extension Permission {
    /// See what was sent to whom, and what became of it.
    public static let readMessages = Permission("messages:read")
    /// Send again what could not be sent.
    public static let retryMessages = Permission("messages:retry")
    /// See and change the texts of messages.
    public static let manageMessageTemplates = Permission("message-templates:manage")
    /// See and change how somebody else wants to be told.
    public static let manageMessagePreferences = Permission("message-preferences:manage")
}
