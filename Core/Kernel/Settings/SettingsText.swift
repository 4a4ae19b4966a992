/// How keys and values of settings look in messages.
enum SettingsText {
    /// The text in double quotes, cut to 60 characters, control characters escaped.
    static func quoted(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(60) {
            switch scalar {
            case "\"", "\\": shown += "\\\(scalar)"
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return "\"\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }

    /// The path of a key inside a group: `bookings.slotMinutes`; unusual keys appear in quotes.
    static func path(_ key: String, in group: String) -> String {
        let shown = self.isPlain(key) ? key : self.quoted(key)
        return group.isEmpty ? shown : "\(group).\(shown)"
    }

    /// What a node is, for the end of `expected a number, got …`.
    static func found(_ node: SettingsNode) -> String {
        switch node.kind {
        case .null: "nothing"
        case .scalar(let scalar): self.quoted(scalar.written)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    private static func isPlain(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= 60
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
