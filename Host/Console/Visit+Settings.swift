internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The endpoint that changes settings.
    private static let change = "kernel.settings.change"

    /// The form of a plugin's settings, and what becomes of it.
    func settings(of plugin: String, _ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        guard let read = resource.read, self.may(read) else { throw .notFound }
        let answer = await self.client.get(read.path(of: plugin))
        if let problem = VisitProblem(reading: answer) { throw problem }
        let form = SettingsForm(answer.json)
        guard self.isChange else {
            return self.page(form, form.state, answer.version, resource)
        }
        return try await self.save(form, answer.version, resource)
    }

    /// Sends what differs from what there is: what is empty is taken back.
    private func save(
        _ form: SettingsForm, _ version: String?, _ resource: ConsoleModel.Resource
    ) async throws(VisitProblem) -> ConsoleReply {
        let place = "/console/\(resource.name)/\(RequestText.encoded(form.plugin))"
        let changes = form.changes(in: FormReader(state: self.form, zone: self.formats.zone))
        guard !changes.isEmpty else { return .redirect("\(place)?did=saved") }
        let seen = self.form.first("version") ?? ""
        let answer = await self.client.send(
            "PATCH", "/api/v1/settings/\(RequestText.encoded(form.plugin))", json: ["settings": .object(changes)],
            version: seen.isEmpty ? "*" : seen)
        switch answer.status {
        case 200...299: return .redirect("\(place)?did=saved")
        case 401: throw .signedOut
        case 403, 404: throw .notFound
        case 412: return self.page(form, self.form, version, resource, 412, self.word("changedMeanwhile"))
        case 400...499:
            let errors = (answer.json["errors"]?.array ?? []).map { error in
                let pointer = error["pointer"]?.string ?? ""
                let isSetting = pointer.hasPrefix("/settings/")
                return (
                    pointer: isSetting ? String(pointer.dropFirst("/settings".count)) : pointer,
                    text: self.label(ofError: error["code"]?.string ?? "", error["detail"]?.string ?? "")
                )
            }
            return self.page(form, self.form, version, resource, answer.status, self.word("wrongFields"), errors)
        default: throw .failed(answer.requestID)
        }
    }

    private func page(
        _ form: SettingsForm, _ state: FormState, _ version: String?, _ resource: ConsoleModel.Resource,
        _ status: Int = 200, _ problem: String? = nil, _ errors: [(pointer: String, text: String)] = []
    ) -> ConsoleReply {
        let view = FormView(
            visit: self, resource: resource, state: state, options: FormOptions(), errors: errors, isChange: true)
        let open = form.settings.filter { !$0.isLocked }
        let details = view.summary(open.map(\.field))
        let notice: [String: Any] = ["text": problem ?? "", "details": details]
        let audit = self.model?["audit"].flatMap {
            self.may($0.list) ? "/console/audit?action=kernel.settings.changed" : nil
        }
        return .page(
            ConsoleReply.Page(
                status: status, title: "\(self.text(resource.title)): \(form.plugin)", template: "console/settings",
                context: [
                    "heading": Words.spelled(form.plugin), "back": "/console/\(resource.name)",
                    "backTitle": self.text(resource.title), "address": "/console/\(resource.name)/\(form.plugin)",
                    "version": version ?? "", "problem": orHidden(problem.map { _ in notice }),
                    "canSave": !open.isEmpty, "audit": orHidden(audit),
                    "fields": form.settings.map { self.control($0, view) },
                ], resource: resource.name))
    }

    /// The control of a setting; of one that the operator has fixed what it is and where that stands.
    private func control(_ setting: SettingsForm.Setting, _ view: FormView) -> [String: Any] {
        let fallback = self.text(of: setting.fallback, setting)
        var context: [String: Any] = ["isFixed": setting.isLocked, "fixed": false]
        if setting.isLocked {
            let place = setting.place.map { "\(self.word("fixedBy")) \($0)." } ?? "\(self.word("fixed"))."
            context["fixed"] = [
                "label": self.label(ofSetting: setting.key), "id": setting.key,
                "value": self.text(of: setting.value, setting),
                "about": "\(setting.about). \(place)",
            ]
            return context
        }
        var control = view.fields([setting.field])[0]
        var about = "\(setting.about). \(self.word("default")): \(fallback)"
        if setting.isFromManifest, let place = setting.place { about += " (\(place))" }
        about += "."
        if let range = setting.range { about += " \(self.word("range")): \(range)." }
        if let hint = control["about"] as? String { about += " \(hint)" }
        control["label"] = self.label(ofSetting: setting.key)
        control["about"] = about
        control["describedBy"] =
            "\(setting.key)-about" + (control["isWrong"] as? Bool == true ? " \(setting.key)-error" : "")
        control["maximum"] = false
        if control["isInput"] as? Bool == true { control["placeholder"] = fallback }
        if var options = control["options"] as? [[String: Any]], control["isSelect"] as? Bool == true {
            // What is not chosen follows the deployment: the first line says what that is.
            options.removeAll { ($0["value"] as? String)?.isEmpty == true }
            options.insert(
                [
                    "value": "", "title": "\(self.word("default")): \(fallback)",
                    "isChosen": view.state.first(setting.key)?.isEmpty ?? true,
                ], at: 0)
            control["options"] = options
        }
        return context.merging(control) { $1 }
    }

    /// What a setting is called: with its unit, for a number in a form has none of its own.
    private func label(ofSetting key: String) -> String {
        self.model?.words["field.\(key)"].map { self.text($0) }
            ?? self.site.words.text("field.\(key)", self.language, self.site.settings.vocabulary) ?? Words.spelled(key)
    }

    private func text(of json: JSON, _ setting: SettingsForm.Setting) -> String {
        switch json {
        case .null: "—"
        case .bool(let value): self.word(value ? "yes" : "no")
        case .number(let number): self.formats.decimal("\(number.spelling)")
        case .string(let text): setting.kind == "choice" ? self.label(ofValue: text) : text
        case .array(let items): items.isEmpty ? "—" : items.map { $0.string ?? $0.text }.joined(separator: ", ")
        case .object: json.text
        }
    }
}
