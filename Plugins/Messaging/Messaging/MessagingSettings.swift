public import AlmanacKernel

extension Messaging {
    /// What an operator may set for messages.
    public struct Settings: PluginSettings {
        /// How long a message about a booking waits, so that what is undone meanwhile is never told.
        let graceMinutes: Int
        /// How long before its start people are reminded, unless they have chosen otherwise.
        let reminderLeadMinutes: Int
        /// Whether customers hear from the organization once their booking has taken place.
        let tellsCompletion: Bool

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(from read: inout SettingsReader) throws {
            self.graceMinutes = read(
                "graceMinutes",
                "Minutes that a message about a booking waits: what is undone in that time is never told", in: 0...60,
                default: 3)
            self.reminderLeadMinutes = read(
                "reminderLeadMinutes",
                "Minutes before the start at which people are reminded who have not chosen otherwise; 0 for never",
                in: 0...40_320, default: 1_440)
            self.tellsCompletion = read(
                "tellsCompletion", "Whether customers are thanked once their booking has taken place", default: false)
        }
    }
}
