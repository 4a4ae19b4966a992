internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// The settings of a plugin as the API shows them, and as a form takes them.
struct SettingsForm {
    /// One setting.
    struct Setting {
        let key: String
        let about: String
        let kind: String
        let value: JSON
        let fallback: JSON
        let isLocked: Bool
        let isChosen: Bool
        let isFromManifest: Bool
        /// Where the manifest says so, as `plugins.yaml, 12`; `nil` when there is nothing to show.
        let place: String?
        /// What it may be, as `0–100`.
        let range: String?
        let field: ConsoleField

        init(_ json: JSON) {
            self.key = json["key"]?.string ?? ""
            self.about = json["about"]?.string ?? ""
            self.kind = json["kind"]?.string ?? "other"
            self.value = json["value"] ?? .null
            self.fallback = json["fallback"] ?? .null
            self.isLocked = json["locked"]?.bool ?? false
            self.isChosen = json["source"]?.string == "organization"
            self.place = json["place"]?["file"]?.string.map { file in
                json["place"]?["line"]?.int.map { $0 > 0 ? "\(file):\($0)" : file } ?? file
            }
            self.isFromManifest = self.place != nil
            let (least, most) = (json["minimum"]?.number, json["maximum"]?.number)
            self.range =
                switch (least, most) {
                case (let least?, let most?): "\(least.spelling)–\(most.spelling)"
                case (let least?, nil): "≥ \(least.spelling)"
                case (nil, let most?): "≤ \(most.spelling)"
                case (nil, nil): nil
                }
            let fieldKind: ConsoleField.Kind =
                switch self.kind {
                case "text": .text(minimum: 0, maximum: 500)
                case "integer":
                    .integer(
                        minimum: json["minimum"]?.number?.int64, maximum: json["maximum"]?.number?.int64)
                case "number": .number(minimum: nil, maximum: nil)
                case "boolean": .boolean
                case "choice": .choice((json["choices"]?.array ?? []).compactMap(\.string))
                case "list": .list(of: .text(minimum: 0, maximum: nil))
                default: .json
                }
            self.field = ConsoleField(
                name: self.key, kind: fieldKind, isRequired: false, isNullable: true, about: nil,
                defaultValue: nil)
        }
    }

    let plugin: String
    let settings: [Setting]

    init(_ json: JSON) {
        self.plugin = json["plugin"]?.string ?? ""
        self.settings = (json["settings"]?.array ?? []).map { Setting($0) }
    }

    /// What stands in the controls at first: what the organization has chosen, and nothing where it has not.
    var state: FormState {
        var state = FormState()
        for setting in self.settings where setting.isChosen {
            state.fill(setting.key, setting.field.kind, with: setting.value, in: .utc)
        }
        return state
    }

    /// What a form changes: new values, and `null` for what was emptied.
    func changes(in reader: FormReader) -> JSONObject {
        var changes: [(String, JSON)] = []
        for setting in self.settings where !setting.isLocked {
            var stated = reader.value(setting.field, at: setting.key)
            if stated == .array([]) { stated = nil }
            if let stated {
                if !setting.isChosen || stated != setting.value { changes.append((setting.key, stated)) }
            } else if setting.isChosen {
                changes.append((setting.key, .null))
            }
        }
        return JSONObject(changes)
    }
}
