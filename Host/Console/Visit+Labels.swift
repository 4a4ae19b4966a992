internal import AlmanacPages
internal import AlmanacSurface

extension Visit {
    /// What a field is called.
    func label(of field: String, in resource: ConsoleModel.Resource) -> String {
        for key in ["field.\(resource.name).\(field)", "field.\(field)"] {
            if let text = self.model?.words[key] { return self.text(text) }
            if let text = self.site.words.text(key, self.language, self.site.settings.vocabulary) { return text }
        }
        return self.spelled(field)
    }

    /// What a field is called wherever it stands.
    func label(of field: String) -> String {
        if let text = self.model?.words["field.\(field)"] { return self.text(text) }
        return self.site.words.text("field.\(field)", self.language, self.site.settings.vocabulary)
            ?? self.spelled(field)
    }

    /// What is said of a field in the language of the page, and otherwise what the API says of it.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - name: Its name with those of what it is inside, without the numbers of rows: `limits.period`.
    ///   - resource: The resource whose form it stands in.
    /// - Returns: A sentence; `nil` when nobody says anything.
    func about(_ field: ConsoleField, at name: String, in resource: ConsoleModel.Resource) -> String? {
        guard let about = field.about else { return nil }
        let isInside = name.utf8.contains(UInt8(ascii: "."))
        for key in ["\(resource.name).\(name)", isInside ? "\(resource.name).*.\(field.name)" : name] {
            if let text = self.model?.words["about.\(key)"], text.texts[self.language] != nil { return self.text(text) }
            let own = self.site.words.text("about.\(key)", self.language, self.site.settings.vocabulary)
            if let own { return own }
        }
        return about
    }

    private func spelled(_ field: String) -> String {
        let name = field.hasSuffix("Minutes") ? String(field.dropLast("Minutes".count)) : field
        return Words.spelled(name)
    }

    /// What stands above a column.
    func title(of column: ConsoleModel.Column, in resource: ConsoleModel.Resource) -> String {
        if let title = column.title { return self.text(title) }
        let last = column.path.last ?? ""
        let isNameOfOther = column.path.count > 1 && ["id", "name", "title"].contains(last)
        return self.label(of: isNameOfOther ? column.path[column.path.count - 2] : last, in: resource)
    }

    /// What one of a few values is called.
    func label(ofValue value: String) -> String {
        let key = "value.\(value)"
        if let text = self.model?.words[key] { return self.text(text) }
        return self.site.words.text(key, self.language, self.site.settings.vocabulary) ?? Words.spelled(value)
    }

    /// What is wrong with a field.
    func label(ofError code: String, _ detail: String) -> String {
        let text = self.site.words.text("error.\(code)", self.language, self.site.settings.vocabulary) ?? detail
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// What one item of a resource is called, with a capital first letter.
    func one(_ resource: ConsoleModel.Resource) -> String {
        let text = self.text(resource.one ?? resource.title)
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// The tone of a state, where nobody says otherwise.
    static func usualTone(of value: String) -> ConsoleTone {
        switch value {
        case "active", "confirmed", "completed", "success", "published", "paid", "done", "accepted", "delivered",
            "open":
            .good
        case "pending", "waiting", "offered", "draft", "due", "held": .warning
        case "inProgress", "scheduled", "running", "sent": .info
        case "rejected", "failed", "refused", "noShow", "overdue", "blocked": .bad
        default: .neutral
        }
    }
}
