public import AlmanacKernel
internal import AlmanacStorage

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
            let pendingMinutes: Int
            let holdMinutes: Int
            let holdsPerCustomer: Int
            /// How many slots all people without an account may hold at a time, together.
            let guestHeldSlots: Int
            /// How much one customer may wait for at a time.
            let waitlistPerCustomer: Int
            /// For how long something is offered to somebody who waits for it.
            let offerMinutes: Int
            let seriesOccurrences: Int
            /// What changes cost; nothing where there are none.
            let policies: BookingPolicies?
            /// With which day a week begins where something is limited by the week.
            let firstWeekday: FirstWeekday
            /// How long ways take that nobody has said anything about.
            let travel: TravelRules
            /// Whether people without an account may book.
            let guestBookings: Bool
            /// For how many days after its end guests reach their booking.
            let guestAccessDays: Int
            /// For how many days customers change what they have said.
            let reviewEditDays: Int

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
                    "holdsPerCustomer", "Holds that one customer may have at a time; a series is one", in: 1...50,
                    default: 3)
                self.guestHeldSlots = read(
                    "guestHeldSlots", "Slots that people without an account may hold at a time, all of them together",
                    in: 0...10_000, default: 100)
                self.waitlistPerCustomer = read(
                    "waitlistPerCustomer", "Entries of the waitlist that one customer may have at a time", in: 1...50,
                    default: 5)
                self.offerMinutes = read(
                    "offerMinutes", "Minutes for which something is offered to somebody who waits for it",
                    in: 5...10_080, default: 120)
                self.seriesOccurrences = read(
                    "seriesOccurrences", "Occurrences that a series of bookings may have", in: 1...366, default: 104)
                self.policies = Self.policies(&read)
                self.firstWeekday = read(
                    "firstWeekday", "The day with which a week begins where bookings are limited by the week",
                    default: .monday)
                self.travel = Self.travel(&read)
                self.guestBookings = read(
                    "guestBookings", "Whether people may book without an account", default: false)
                self.guestAccessDays = read(
                    "guestAccessDays", "Days after its end for which people without an account reach their booking",
                    in: 1...365, default: 30)
                self.reviewEditDays = read(
                    "reviewEditDays", "Days for which customers may change a review they have written",
                    in: 0...365, default: 14)
            }

            private static func policies(_ read: inout SettingsReader) -> BookingPolicies? {
                let free = read(
                    "freeCancellationMinutes", "Minutes before its beginning until which cancelling costs nothing",
                    in: FeeTier.minutes, default: 0)
                let late = read(
                    "lateCancellationPercent", "Percentage of the price that cancelling later costs",
                    in: Fee.percents, default: 0)
                let missed = read(
                    "noShowPercent", "Percentage of the price that not coming costs", in: Fee.percents, default: 0)
                guard late != 0 || missed != 0 else { return nil }
                let tiers = [
                    FeeTier(untilMinutes: free, percent: nil, amount: nil),
                    FeeTier(untilMinutes: nil, percent: late, amount: nil),
                ]
                return BookingPolicies(
                    cancellation: late == 0 ? nil : CancellationPolicy(tiers: tiers, closedMinutes: nil),
                    rescheduling: nil,
                    noShow: missed == 0 ? nil : NoShowPolicy(percent: missed, amount: nil, graceMinutes: 0))
            }

            private static func travel(_ read: inout SettingsReader) -> TravelRules {
                TravelRules(
                    kilometersPerHour: read(
                        "travelKilometersPerHour",
                        "How fast one gets from one location to another, as the crow flies, where nobody has said how "
                            + "long it takes", in: TravelRules.speeds, default: 50),
                    customerMinutes: read(
                        "customerTravelMinutes", "Minutes from a location to a customer, from there, and between two",
                        in: TravelRules.minutes, default: 30))
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

/// A day of the week as settings write it.
enum FirstWeekday: String, Sendable, CaseIterable, SettingValue {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    var weekday: Weekday {
        switch self {
        case .monday: .monday
        case .tuesday: .tuesday
        case .wednesday: .wednesday
        case .thursday: .thursday
        case .friday: .friday
        case .saturday: .saturday
        case .sunday: .sunday
        }
    }
}

extension EventTypeTerms.BufferSharing: SettingValue {}
extension GridPolicies.Anchor: SettingValue {}
extension GridPolicies.RepeatedHour: SettingValue {}
extension GridPolicies.SkippedHour: SettingValue {}
