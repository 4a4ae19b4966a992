import AlmanacKernel
import AlmanacStorage

enum Rounding: String, CaseIterable, SettingValue {
    case up, down, nearest
}

/// Settings with every kind of field.
struct SchoolSettings: PluginSettings {
    struct Waitlist: PluginSettings {
        let isEnabled: Bool
        let places: Int

        init(from read: inout SettingsReader) throws {
            self.isEnabled = read("enabled", "Whether there is a waiting list", default: false)
            self.places = read("places", "Places on the waiting list", in: 1...100, default: 10)
        }
    }

    struct Rule: PluginSettings {
        let day: String
        let from: LocalTime

        init(from read: inout SettingsReader) throws {
            self.day = read("day", "Day of the week")
            self.from = read("from", "When it begins")
        }
    }

    let slotMinutes: Int
    let rounding: Rounding
    let opens: LocalTime
    let closes: LocalTime
    let timeZone: Zone
    let factor: Double?
    let holiday: LocalDate?
    let calendarKey: Secret?
    let waitlist: Waitlist
    let mailbox: Waitlist?
    let languages: [String]
    let rules: [Rule]
    let rooms: [(name: String, value: Waitlist)]

    init(from read: inout SettingsReader) throws {
        self.slotMinutes = read("slotMinutes", "Minutes between two offered starts", in: 5...240, default: 15)
        self.rounding = read("rounding", "How a start off the grid is rounded", default: .up)
        self.opens = read("opens", "When the school opens", default: LocalTime(minuteOfDay: 480))
        self.closes = read("closes", "When the school closes", default: LocalTime(minuteOfDay: 1080))
        self.timeZone = read("timeZone", "Time zone of the school")
        self.factor = read.optional("factor", "Price factor at night", in: 0.5...4)
        self.holiday = read.optional("holiday", "First day of the summer holidays")
        self.calendarKey = read.optionalSecret("calendarKey", "Key of the calendar service")
        self.waitlist = try read.group("waitlist", "The waiting list")
        self.mailbox = try read.optionalGroup("mailbox", "The mailbox, if there is one")
        self.languages = read.list("languages", "Languages of the lessons", default: ["de"], count: 1...3)
        self.rules = try read.groups("rules", "Opening rules")
        self.rooms = try read.map("rooms", "Rooms by name")
        read.check("closes", "must be later than opens", self.opens < self.closes)
    }
}

/// Settings whose fields depend on one of them.
enum GatewaySettings: PluginSettings, Equatable {
    enum Kind: String, CaseIterable, SettingValue {
        case invoice, card
    }

    case invoice(dueDays: Int)
    case card(key: Secret)

    init(from read: inout SettingsReader) throws {
        self = try read.variant("kind", "Which way money comes in", default: .invoice) { (kind: Kind, read) in
            switch kind {
            case .invoice: .invoice(dueDays: read("dueDays", "Days until payment is due", in: 0...90, default: 14))
            case .card: .card(key: read.secret("apiKey", "Key of the gateway"))
            }
        }
    }
}

extension PluginSettings {
    /// What reading complains about, one line each; empty if nothing.
    static func complaints(_ node: SettingsNode) -> [String] {
        self.examine(node, path: "school", at: SourcePosition(file: "plugins.yaml", line: 1, column: 1))
            .problems.map(\.description)
    }
}
