internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// How many items are acted on at once at most.
    private static let mostAtOnce = 200

    /// Asks whether to do something with several items, and does it: each by a call of its own.
    func bulk(_ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        let name = self.form.first("action") ?? ""
        guard let action = resource.actions.first(where: { $0.name == name && $0.declared.isBulk }),
            self.may(action.operation)
        else { throw .notFound }
        let items = Array(self.form.all("id").prefix(Self.mostAtOnce))
        guard !items.isEmpty, self.form.first("confirmed") != nil else {
            return self.question(action, resource, items)
        }
        var results: [(id: String, answer: PageClient.Answer)] = []
        for id in items {
            var version: String?
            if action.operation.needsVersion {
                version = "*"
                if let read = resource.read, self.may(read) {
                    version = await self.client.get(read.path(of: id)).version ?? "*"
                }
            }
            let json = action.operation.fields.isEmpty || action.operation.method == "DELETE"
            let answer = await self.client.send(
                action.operation.method, action.operation.path(of: id), json: json ? nil : .object([:]),
                version: version)
            if answer.status == 401 { throw .signedOut }
            results.append((id, answer))
        }
        guard results.contains(where: { !$0.answer.isFine }) else {
            return .redirect("/console/\(resource.name)?did=acted")
        }
        return self.results(action, resource, results)
    }

    private func question(
        _ action: ConsoleModel.Action, _ resource: ConsoleModel.Resource, _ items: [String]
    ) -> ConsoleReply {
        let title = self.text(action.declared.title)
        let question = action.declared.question.map { "\(self.text($0)) " } ?? ""
        let count = "\(items.count) \(self.word("areYouSureCount"))"
        let hiddens: [[String: Any]] =
            [["name": "action", "value": action.name], ["name": "confirmed", "value": "1"]]
            + items.map { ["name": "id", "value": $0] }
        return .page(
            ConsoleReply.Page(
                title: title, template: "console/form",
                context: [
                    "heading": title, "submit": title, "address": "/console/\(resource.name)/-/bulk",
                    "back": "/console/\(resource.name)", "backTitle": self.text(resource.title), "version": "",
                    "once": "", "hiddens": hiddens, "isDestructive": action.declared.isDestructive, "fields": false,
                    "question": ["text": items.isEmpty ? self.word("nothingTicked") : question + count],
                    "problem": false, "slots": false, "consequences": false,
                ], resource: resource.name))
    }

    private func results(
        _ action: ConsoleModel.Action, _ resource: ConsoleModel.Resource,
        _ results: [(id: String, answer: PageClient.Answer)]
    ) -> ConsoleReply {
        let lines: [[String: Any]] = results.map { id, answer in
            [
                "tone": answer.isFine ? "good" : "bad", "state": self.word(answer.isFine ? "done" : "failed"),
                "text": answer.isFine ? id : "\(id): \(answer.detail)",
            ]
        }
        return .page(
            ConsoleReply.Page(
                title: self.text(action.declared.title), template: "console/done",
                context: [
                    "heading": self.text(action.declared.title), "lines": false, "results": lines,
                    "back": "/console/\(resource.name)", "backTitle": self.text(resource.title),
                ], resource: resource.name))
    }
}
