extension SettingsSchema {
    /// The fields as a table in Markdown, for a plugin's documentation; empty where there are none.
    public var markdown: String {
        guard !self.fields.isEmpty else { return "" }
        var lines = ["| Setting | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
        for (path, field) in self.flattened {
            let cells = ["`\(path)`", field.summary, field.defaultSummary, field.about]
            lines.append("| " + cells.map(Self.escaped).joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ cell: String) -> String {
        cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}

extension SettingsField {
    /// The type in words, with its range.
    fileprivate var summary: String {
        guard !self.isSecret else { return "secret" }
        guard let minimum = self.minimum, let maximum = self.maximum else { return self.type.summary }
        return "\(self.type.summary), \(minimum)…\(maximum)"
    }

    /// What holds where the field is left out.
    fileprivate var defaultSummary: String {
        switch self.presence {
        case .required: "required"
        case .optional: "none"
        case .defaulted(let node): "`\(node)`"
        }
    }
}
