internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension FormTask {
    /// Where the form gets starts from; `nil` when it asks for none.
    var slots: ConsoleModel.Slots? {
        self.resource.slots.flatMap { slots in self.fields.contains { $0.name == slots.field } ? slots : nil }
    }
}

extension Visit {
    /// How many days' starts are offered at once.
    private static let slotDays = 7
    /// What the control is called by which a start is chosen, behind the name of its field.
    static let slotSuffix = ".chosen-slot"
    /// The button that asks for starts instead of sending the form; its value says by how many days further.
    static let slotButton = "show-slots"
    /// The first date of which starts are offered.
    static let slotDate = "slots-from"

    // MARK: Starts to choose from

    /// The starts that a form offers; `false` when it asks for none or they cannot be asked for.
    func slotContext(_ task: FormTask, _ state: FormState) async -> Any {
        guard let slots = task.slots, self.may(slots.list) else { return false }
        let from = self.firstSlotDate(task, state, slots)
        let query: [(name: String, value: String)] =
            self.given(slots, slots.list, task, state) + [
                ("from", "\(from)"), ("to", "\(from.adding(days: Self.slotDays - 1))"),
            ]
        let asked = slots.list.field("timeZone") == nil ? query : query + [("timeZone", self.formats.zone.name)]
        let isComplete = slots.list.fields.allSatisfy { field in
            !field.isRequired || field.defaultValue != nil || asked.contains { $0.name == field.name }
        }
        let answer = isComplete ? await self.client.get(slots.list.path, asked) : nil
        let starts = (answer?.json["items"]?.array ?? []).compactMap { item in
            item["start"]?.string.flatMap { Instant(rfc3339: $0) }
        }
        let chosen = state.first(slots.field).flatMap {
            Instant(rfc3339: FormReader.instant($0, self.formats.zone) ?? $0)
        }
        return [
            "name": "\(slots.field)\(Self.slotSuffix)", "date": "\(from)", "isKnown": answer?.isFine == true,
            "isEmpty": starts.isEmpty, "days": self.slotDays(starts, chosen), "button": Self.slotButton,
            "dateName": Self.slotDate, "zone": self.formats.zone.name, "isTyped": !starts.contains { $0 == chosen },
            "from": self.formats.date(from), "to": self.formats.date(from.adding(days: Self.slotDays - 1)),
        ] as [String: Any]
    }

    private func slotDays(_ starts: [Instant], _ chosen: Instant?) -> [[String: Any]] {
        var days: [(date: LocalDate, options: [[String: Any]])] = []
        for start in starts {
            let local = self.formats.zone.local(at: start)
            let option: [String: Any] = [
                "value": start.rfc3339, "text": Formats.clock(local.secondOfDay / 60), "isChosen": start == chosen,
            ]
            if days.last?.date == local.date {
                days[days.count - 1].options.append(option)
            } else {
                days.append((local.date, [option]))
            }
        }
        return days.map { ["title": self.formats.date($0.date), "options": $0.options] }
    }

    /// The date that the form says, moved by the button that was pressed; or that of the start; or today.
    private func firstSlotDate(_ task: FormTask, _ state: FormState, _ slots: ConsoleModel.Slots) -> LocalDate {
        let today = self.formats.zone.localDate(at: self.api.now)
        let start =
            state.first(slots.field).flatMap { LocalDate(String($0.prefix(10))) }
            ?? task.item[slots.field]?.string.flatMap { Instant(rfc3339: $0) }.map {
                self.formats.zone.localDate(at: $0)
            }
        guard let stated = state.first(Self.slotDate).flatMap({ LocalDate($0) }) else {
            return start.map { max($0, today) } ?? today
        }
        let step = state.first(Self.slotButton).flatMap { Int($0) } ?? 0
        return stated.adding(days: min(max(step, -62), 62))
    }

    /// What an operation has to be given: what the form holds, or else what the item does.
    private func given(
        _ slots: ConsoleModel.Slots, _ operation: ConsoleModel.Operation, _ task: FormTask, _ state: FormState
    ) -> [(name: String, value: String)] {
        slots.given.compactMap { name, path in
            guard operation.field(name) != nil else { return nil }
            if path.count == 1, path[0].hasPrefix("=") { return (name, String(path[0].dropFirst())) }
            if task.operation.field(name) != nil, let text = state.first(name), !text.isEmpty { return (name, text) }
            guard let json = Self.find(path, task.item) else { return nil }
            return (name, json.string ?? json.text)
        }
    }

    // MARK: Why not

    /// Why the start that a form holds is not offered, in sentences; nothing where nobody says.
    func explanation(_ task: FormTask) async -> [String] {
        guard let slots = task.slots, let (operation, at) = slots.explanation, self.may(operation) else { return [] }
        let reader = FormReader(state: self.form, zone: self.formats.zone)
        guard let field = task.operation.field(slots.field), let start = reader.value(field, at: slots.field)?.string
        else { return [] }
        let query = self.given(slots, operation, task, self.form) + [(at, start)]
        let answer = await self.client.get(operation.path, query)
        guard answer.isFine else { return [] }
        let reasons = (answer.json["parts"]?.array ?? []).flatMap { $0["reasons"]?.array ?? [] }
        var known: Set<String> = []
        return reasons.compactMap { reason in
            guard reason["allows"]?.bool == false, let detail = reason["detail"]?.string else { return nil }
            let text = self.explained(detail, reason["claims"]?.array ?? [])
            guard known.insert(text).inserted else { return nil }
            return text
        }
    }

    /// A reason with the times that stand in the way, and what takes them as far as the visitor may know.
    private func explained(_ detail: String, _ claims: [JSON]) -> String {
        let times = claims.compactMap { claim -> String? in
            guard let start = claim["start"]?.string.flatMap({ Instant(rfc3339: $0) }),
                let end = claim["end"]?.string.flatMap({ Instant(rfc3339: $0) })
            else { return nil }
            let clocks = [start, end].map { Formats.clock(self.formats.zone.local(at: $0).secondOfDay / 60) }
            let names = [claim["number"]?.string, claim["title"]?.string].compactMap { $0 }
            return
                (["\(self.formats.day(self.formats.zone.localDate(at: start))) \(clocks.joined(separator: "–"))"]
                + names)
                .joined(separator: " ")
        }
        return times.isEmpty ? detail : "\(detail) \(times.joined(separator: "; "))"
    }

    // MARK: What would come of it

    /// What would come of an action: what it costs, until when it is possible.
    func foresight(_ task: FormTask) async -> [[String: Any]] {
        guard let foresight = task.foresight, let id = task.id, self.may(foresight.operation) else { return [] }
        let answer = await self.client.get(foresight.operation.path(of: id))
        guard answer.isFine, let part = answer.json[foresight.part] else { return [] }
        let lines = foresight.fields.compactMap { field -> [String: Any]? in
            let value = self.value(part[field.name], field, task.resource, isInside: true)
            return value.plain.isEmpty
                ? nil : ["title": self.label(of: field.name, in: task.resource), "text": value.plain]
        }
        return lines.isEmpty ? [["title": false, "text": self.text(foresight.otherwise)]] : lines
    }
}
