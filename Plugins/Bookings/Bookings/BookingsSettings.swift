public import AlmanacKernel

extension Bookings {
    /// What an operator may set for bookings.
    public struct Settings: PluginSettings {
        /// Whether neighbors share their buffers.
        let bufferSharing: EventTypeTerms.BufferSharing
        /// Where starts fall.
        let grid: GridPolicies
        /// What holds for an event type that does not say otherwise, unless the organization has chosen otherwise.
        let defaults: Defaults
        /// How calendars of other programs are fetched.
        let calendars: CalendarSettings

        /// What holds for an event type that does not say otherwise; organizations choose it for themselves.
        struct Defaults: PluginSettings {
            let minimumNoticeMinutes: Int
            let bookingWindowDays: Int

            init(from read: inout SettingsReader) throws {
                self.minimumNoticeMinutes = read(
                    "minimumNoticeMinutes", "Minutes before its start until which an appointment can be booked",
                    in: 0...525_600, default: 0)
                self.bookingWindowDays = read(
                    "bookingWindowDays", "Days ahead that can be booked", in: 1...730, default: 60)
            }
        }

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(from read: inout SettingsReader) throws {
            self.bufferSharing = read(
                "bufferSharing",
                "Whether the buffers of two neighboring bookings may overlap (shared) or add up (summed)",
                default: .shared)
            self.grid = GridPolicies(
                anchor: read(
                    "gridAnchor",
                    "Whether starts are counted from where working hours begin (window) or from midnight (clock)",
                    default: .window),
                repeatedHour: read(
                    "repeatedHour",
                    "What is offered of an hour that occurs twice when clocks go back: both or the first",
                    default: .both),
                skippedHour: read(
                    "skippedHour",
                    "What becomes of a start that does not occur because clocks go forward: it moves to the first minute "
                        + "after (clamp) or is left out (drop)",
                    default: .clamp))
            self.defaults = try read.group("defaults", "What holds for an event type that does not say otherwise")
            self.calendars = try read.group("calendars", "How the calendars of providers are fetched")
        }
    }
}

extension EventTypeTerms.BufferSharing: SettingValue {}
extension GridPolicies.Anchor: SettingValue {}
extension GridPolicies.RepeatedHour: SettingValue {}
extension GridPolicies.SkippedHour: SettingValue {}
