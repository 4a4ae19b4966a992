internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// A form that asks for the input of one operation.
struct FormTask {
    let resource: ConsoleModel.Resource
    let operation: ConsoleModel.Operation
    /// The item that it is about; `nil` when it makes one.
    var id: String?
    /// The item as it was read.
    var item: JSON = .null
    /// The version of it.
    var version: String?
    let heading: String
    let submit: String
    /// The last part of its address.
    let address: String
    /// Where one goes who does not send it.
    let back: String
    var question: String?
    var isDestructive = false
    /// Where one comes from who came from elsewhere than the resource's own pages.
    var origin: String?
    /// What says what would come of it.
    var foresight: ConsoleModel.Foresight?

    /// The fields that the form shows.
    var fields: [ConsoleField] { self.operation.fields.filter { !self.resource.hidden.contains($0.name) } }
    /// Whether what it sends changes what is there, so that it begins with that.
    var isEdit: Bool { ["PUT", "PATCH"].contains(self.operation.method) }
}

extension Visit {
    // MARK: Making

    /// The form that makes an item, and what becomes of it.
    func create(_ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        guard let operation = resource.create, self.may(operation) else { throw .notFound }
        var task = FormTask(
            resource: resource, operation: operation,
            heading: "\(self.word("new")): \(self.one(resource))",
            submit: self.word("create"), address: "/console/\(resource.name)/-/new",
            back: self.origin ?? "/console/\(resource.name)")
        task.origin = self.origin
        guard self.isChange else { return await self.show(task) }
        if let state = try self.unsent { return await self.page(task, state) }
        return try await self.send(task) { answer in
            if !resource.revealed.isEmpty { return self.revealed(answer, task) }
            if let origin = task.origin { return .redirect("\(origin)&did=made") }
            let made = Self.identity(of: answer.json, resource)
            let isShown = self.may(resource.read) && !made.isEmpty
            return .redirect(
                "/console/\(resource.name)\(isShown ? "/\(RequestText.encoded(made))" : "")?did=made")
        }
    }

    /// The page that shows once what is never shown again.
    private func revealed(_ answer: PageClient.Answer, _ task: FormTask) -> ConsoleReply {
        let lines: [[String: Any]] = task.resource.revealed.map { field in
            ["title": self.label(of: field, in: task.resource), "text": answer.json[field]?.string ?? ""]
        }
        return .page(
            ConsoleReply.Page(
                title: task.heading, template: "console/done",
                context: [
                    "heading": self.word("made"), "lines": lines, "results": false, "back": task.back,
                    "backTitle": self.text(task.resource.title),
                ], scripts: ["copy"], resource: task.resource.name))
    }

    // MARK: Changing

    /// The form that changes an item, and what becomes of it.
    func edit(_ resource: ConsoleModel.Resource, _ id: String) async throws(VisitProblem) -> ConsoleReply {
        guard let operation = resource.edit, self.may(operation) else { throw .notFound }
        let path = "/console/\(resource.name)/\(RequestText.encoded(id))"
        var task = FormTask(
            resource: resource, operation: operation, heading: "\(self.word("edit")): \(self.one(resource))",
            submit: self.word("save"), address: "\(path)/edit", back: self.origin ?? path)
        task.origin = self.origin
        try await self.read(&task, id)
        guard self.isChange else { return await self.show(task) }
        if let state = try self.unsent { return await self.page(task, state) }
        return try await self.send(task) { answer in
            if let origin = task.origin { return .redirect("\(origin)&did=saved") }
            // It may be known by another name now.
            let now = Self.identity(of: answer.json, resource)
            let target = now.isEmpty ? path : "/console/\(resource.name)/\(RequestText.encoded(now))"
            return .redirect("\(target)?did=saved")
        }
    }

    /// Reads the item that a form is about.
    private func read(_ task: inout FormTask, _ id: String) async throws(VisitProblem) {
        task.id = id
        guard let read = task.resource.read, self.may(read) else { return }
        let answer = await self.client.get(read.path(of: id))
        if let problem = VisitProblem(reading: answer) { throw problem }
        task.item = answer.json
        task.version = answer.version
    }

    // MARK: Doing something with an item

    /// The page that asks whether to do something with an item, and what becomes of it.
    func act(
        _ resource: ConsoleModel.Resource, _ id: String, _ name: String
    ) async throws(VisitProblem) -> ConsoleReply {
        guard let action = resource.actions.first(where: { $0.name == name }), self.may(action.operation) else {
            throw .notFound
        }
        let path = "/console/\(resource.name)"
        let isShown = self.may(resource.read)
        let own = isShown ? "\(path)/\(RequestText.encoded(id))" : path
        let page = self.origin ?? own
        var task = FormTask(
            resource: resource, operation: action.operation, heading: self.text(action.declared.title),
            submit: self.text(action.declared.title),
            address: "\(path)/\(RequestText.encoded(id))/do/\(action.name)", back: page)
        task.origin = self.origin
        task.foresight = action.foresight
        task.question = action.declared.question.map { self.text($0) } ?? self.word("sure")
        task.isDestructive = action.declared.isDestructive
        try await self.read(&task, id)
        let itemName = task.item[resource.itemName]?.string
        if let itemName { task.question = "\(itemName). \(task.question ?? "")" }
        guard self.isChange else { return await self.show(task) }
        if let state = try self.unsent { return await self.page(task, state) }
        let isGone = action.operation.method == "DELETE"
        return try await self.send(task) { _ in
            if let origin = task.origin { return .redirect("\(origin)&did=acted") }
            return .redirect("\(isGone ? path : page)?did=acted")
        }
    }

    // MARK: Showing and sending

    /// What stands in the form of somebody who only looks for what to choose, or wants a row more or less; `nil` when
    /// the form is sent.
    private var unsent: FormState? {
        get throws(VisitProblem) {
            var state = self.form
            if let list = state.first("rows-add") {
                state.addRow(to: list)
                guard state.rowsInAll <= FormState.mostRowsInAll else { throw .tooLong }
            } else if let row = state.first("rows-remove") {
                state.removeRow(row)
            } else if state.first("lookup") == nil {
                return nil
            }
            return state
        }
    }

    /// The form as it begins.
    private func show(_ task: FormTask) async -> ConsoleReply {
        var state = FormState()
        for field in task.fields {
            let value = task.isEdit ? task.item[task.resource.prefills[field.name] ?? field.name] : nil
            // What led here may have said with what the form begins.
            let stated = field.isLeaf ? self.queried(field.name).map { JSON.string($0) } : nil
            state.fill(field.name, field.kind, with: stated ?? value ?? field.defaultValue, in: self.formats.zone)
        }
        return await self.page(task, state)
    }

    private func page(
        _ task: FormTask, _ state: FormState, status: Int = 200, problem: String? = nil,
        errors: [(pointer: String, text: String)] = [], reasons: [String] = []
    ) async -> ConsoleReply {
        let options = await self.options(for: task.fields, task.resource, state)
        let view = FormView(
            visit: self, resource: task.resource, state: state, options: options, errors: errors,
            isChange: task.isEdit)
        let details = view.summary(task.fields) + reasons.map { ["text": $0, "address": false] as [String: Any] }
        let notice: [String: Any] = ["text": problem ?? "", "details": details]
        return .page(
            ConsoleReply.Page(
                status: status, title: task.heading, template: "console/form",
                context: [
                    "heading": task.heading, "submit": task.submit, "address": task.address, "back": task.back,
                    "backTitle": self.text(task.resource.title), "version": task.version ?? "",
                    "hiddens": orHidden(task.origin.map { [["name": "back", "value": $0]] as [[String: Any]] }),
                    "once": Base64URL.encode(self.site.random.bytes(16)),
                    "question": orHidden(task.question.map { ["text": $0] }), "isDestructive": task.isDestructive,
                    "problem": orHidden(problem.map { _ in notice }),
                    "fields": view.fields(task.fields), "slots": await self.slotContext(task, state),
                    "consequences": await self.foresight(task),
                ], scripts: ["dialog", "rows", "lookup"], resource: task.resource.name))
    }

    /// Sends what the form holds; what is wrong with it is said beside what was typed.
    private func send(
        _ task: FormTask, _ done: (PageClient.Answer) -> ConsoleReply
    ) async throws(VisitProblem) -> ConsoleReply {
        var visit = self
        visit.form = FormReader(state: self.form, zone: self.formats.zone).withoutEmptyRows(task.fields)
        return try await visit.sendRows(task, done)
    }

    private func sendRows(
        _ task: FormTask, _ done: (PageClient.Answer) -> ConsoleReply
    ) async throws(VisitProblem) -> ConsoleReply {
        // What was asked for is what can be chosen, not that it is done.
        if task.slots != nil, self.form.first(Self.slotButton) != nil { return await self.page(task, self.form) }
        let operation = task.operation
        let body = self.body(of: task)
        let seen = self.form.first("version") ?? ""
        let version = operation.needsVersion ? (seen.isEmpty ? "*" : seen) : nil
        let answer = await self.client.send(
            operation.method, operation.path(of: task.id ?? ""),
            json: operation.method == "DELETE" || (body.isEmpty && operation.fields.isEmpty) ? nil : .object(body),
            version: version, once: operation.method == "POST" ? self.form.first("once") : nil)
        switch answer.status {
        case 200...299: return done(answer)
        case 401: throw .signedOut
        case 404: throw .notFound
        case 412: return await self.page(task, self.form, status: 412, problem: self.word("changedMeanwhile"))
        case 403, 409, 422, 428, 429, 400:
            let errors = (answer.json["errors"]?.array ?? []).map { error in
                (
                    pointer: error["pointer"]?.string ?? "",
                    text: self.label(ofError: error["code"]?.string ?? "", error["detail"]?.string ?? "")
                )
            }
            let text = answer.detail.prefix(1).uppercased() + answer.detail.dropFirst()
            let problem = answer.code == "invalid_input" ? self.word("wrongFields") : text
            let reasons = answer.status == 409 || answer.status == 422 ? await self.explanation(task) : []
            return await self.page(
                task, self.form, status: answer.status, problem: problem, errors: errors, reasons: reasons)
        default: throw .failed(answer.requestID)
        }
    }

    /// What is sent: of PATCH what differs from what there is, of PUT everything.
    private func body(of task: FormTask) -> JSONObject {
        let reader = FormReader(state: self.form, zone: self.formats.zone)
        var members: [(String, JSON)] = []
        for field in task.operation.fields {
            let present = task.isEdit ? task.item[task.resource.prefills[field.name] ?? field.name] : nil
            let known = present.flatMap { $0.isNull ? nil : $0 }
            let isHidden = task.resource.hidden.contains(field.name)
            var before = FormState()
            before.fill(field.name, field.kind, with: known, in: self.formats.zone)
            let isSame = isHidden || before.part(field.name) == self.form.part(field.name)
            if task.isEdit, isSame, field.kind != .boolean || isHidden {
                if task.operation.method == "PUT", let known { members.append((field.name, known)) }
                continue
            }
            if isHidden { continue }
            if let value = reader.value(field, at: field.name) {
                if task.operation.method == "PATCH", value == known { continue }
                // Nothing was stated where nothing need be.
                if !task.isEdit, value == .array([]), !field.isRequired { continue }
                members.append((field.name, value))
            } else if task.operation.method == "PATCH", field.isNullable, known != nil {
                members.append((field.name, .null))
            }
        }
        return JSONObject(members)
    }
}
