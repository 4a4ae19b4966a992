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

        /// What holds for an event type that does not say otherwise; organizations choose it for themselves.
        struct Defaults: PluginSettings {
            let minimumNoticeMinutes: Int
            let bookingWindowDays: Int
            let pendingMinutes: Int
            let holdMinutes: Int
            let holdsPerCustomer: Int

            init(from read: inout SettingsReader) throws {
                self.minimumNoticeMinutes = read(
                    "minimumNoticeMinutes", "Minutes before its start until which an appointment can be booked",
                    in: 0...525_600, default: 0)
                self.bookingWindowDays = read(
                    "bookingWindowDays", "Days ahead that can be booked", in: 1...730, default: 60)
                self.pendingMinutes = read(
                    "pendingMinutes",
                    "Minutes within which what a booking waits for must be settled, such as its approval",
                    in: 1...43_200, default: 1_440)
                self.holdMinutes = read("holdMinutes", "Minutes for which a slot can be held", in: 1...120, default: 10)
                self.holdsPerCustomer = read(
                    "holdsPerCustomer", "Slots that one customer may hold at a time", in: 1...50, default: 3)
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
        }
    }
}

extension EventTypeTerms.BufferSharing: SettingValue {}
extension GridPolicies.Anchor: SettingValue {}
extension GridPolicies.RepeatedHour: SettingValue {}
extension GridPolicies.SkippedHour: SettingValue {}
